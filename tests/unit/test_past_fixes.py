"""What solved the same or similar issues before: the right ones, best first, fast enough to ask at every question."""

from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.past_fixes import MOST, similar
from core.domain.issue_register import IssueRegister
from core.domain.past_fix import PastFix
from tests.unit.making import NOW, event

MINUTE = 60_000


class Plant:
    """A register that is told what happened, in order."""

    def __init__(self) -> None:
        self.register = IssueRegister()
        self.now = NOW
        self.notes: dict[str, str] = {}
        self.asked: list[str] = []

    def raised(self, issue: str, description: str, mode_type: str = "프레스", **fields: str) -> None:
        self._tell("open", issue, description, mode_type, "", "", **fields)

    def solved(
        self,
        issue: str,
        description: str,
        mode_type: str = "프레스",
        by: str = "김민수",
        note: str = "조치",
        **fields: str,
    ) -> None:
        self.raised(issue, description, mode_type, **fields)
        self._tell("solved", issue, description, mode_type, by, note, **fields)

    def similar_to(self, issue: str) -> list[PastFix]:
        return list(similar(self.register.issues[issue], self.register.issues.values(), self._note_of))

    def _note_of(self, issue: str) -> str:
        self.asked.append(issue)
        return self.notes.get(issue, "")

    def _tell(self, kind: str, issue: str, description: str, mode_type: str, by: str, note: str, **fields: str) -> None:
        self.now += MINUTE
        headers = (("ce_operator", by.encode()), ("ce_note", note.encode()))
        self.register.apply(
            event(self.now, kind, issue, headers=headers, description=description, modeType=mode_type, **fields)
        )


def test_a_fix_tells_when_by_whom_and_what_was_noted() -> None:
    plant = Plant()
    plant.solved("A", "작동유 누유", by="김민수", note="유압 호스 교체")
    at = plant.now
    plant.raised("B", "바닥에 기름이 새요")
    assert plant.similar_to("B") == [PastFix("A", "프레스", "작동유 누유", at, "김민수", "유압 호스 교체", id="A")]
    assert plant.asked == []


def test_the_same_fault_in_other_words_comes_before_similar_words_and_the_newest_first() -> None:
    plant = Plant()
    plant.solved("old", "누유")
    plant.solved("words", "3호기 실린더 점검 요망, 하부")
    plant.solved("new", "oil leak at the hose")
    plant.raised("B", "3호기 실린더에서 기름이 새요")
    assert [fix.issue for fix in plant.similar_to("B")] == ["new", "old", "words"]


def test_what_nobody_noted_anything_of_comes_last() -> None:
    plant = Plant()
    plant.solved("similar", "기름 교체 요망")
    plant.solved("bare", "누유", note="")
    plant.raised("B", "기름 누유")
    assert [fix.issue for fix in plant.similar_to("B")] == ["similar", "bare"]
    plant.notes["bare"] = " 패킹 교체 \n"
    assert next((fix.issue, fix.note) for fix in plant.similar_to("B")) == ("bare", "패킹 교체")


def test_other_equipment_open_issues_inspections_and_other_faults_do_not_count() -> None:
    plant = Plant()
    plant.solved("welder", "작동유 누유", "용접기")
    plant.raised("open", "작동유 누유")
    plant.solved("inspection", "작동유 누유", processType="정기점검")
    plant.solved("other", "상부 진동")
    plant.raised("B", "작동유 누유")
    assert plant.similar_to("B") == []


def test_names_of_one_equipment_are_the_same_equipment() -> None:
    plant = Plant()
    plant.solved("A", "누유", "press")
    plant.solved("C", "누유", "프레스2")
    plant.raised("B", "누유", " 프레스")
    assert [fix.issue for fix in plant.similar_to("B")] == ["A"]


def test_equipment_without_a_playbook_is_compared_by_words() -> None:
    plant = Plant()
    plant.solved("A", "사출 압력 부족, 노즐 가열 안됨", "사출기")
    plant.solved("C", "취출 로봇 정지", "사출기")
    plant.raised("B", "노즐 가열 불량", "사출기")
    assert [fix.issue for fix in plant.similar_to("B")] == ["A"]


def test_of_itself_an_earlier_episode_counts_with_its_own_note() -> None:
    plant = Plant()
    plant.solved("B", "누유", note="이음쇠 조임")
    at = plant.now
    assert plant.similar_to("B") == []
    plant._tell("reopen", "B", "다시 샘", "프레스", "", "")
    plant.notes["B"] = "이번 회차의 메모"
    assert plant.similar_to("B") == [PastFix("B", "프레스", "다시 샘", at, "김민수", "이음쇠 조임", id="B")]


def test_what_the_plant_resolved_has_no_name() -> None:
    plant = Plant()
    plant.solved("A", "누유", by="", note="")
    plant.raised("B", "누유")
    assert [(fix.by, fix.note) for fix in plant.similar_to("B")] == [("", "")]


def test_what_a_description_denies_makes_no_issue_similar() -> None:
    plant = Plant()
    plant.solved("A", "누유 없음, 유압 저하")
    plant.raised("B", "유압 저하")
    plant.raised("C", "누유")
    assert [fix.issue for fix in plant.similar_to("B")] == ["A"]
    assert plant.similar_to("C") == []


def test_at_most_five() -> None:
    plant = Plant()
    for number in range(MOST + 3):
        plant.solved(f"A{number}", f"누유 {number}")
    plant.raised("B", "누유")
    assert [fix.issue for fix in plant.similar_to("B")] == ["A7", "A6", "A5", "A4", "A3"]


def test_of_an_issue_that_nothing_is_known_of_nothing_is_similar() -> None:
    plant = Plant()
    plant.solved("A", "누유")
    plant.raised("B", "")
    assert plant.similar_to("B") == []


@given(
    st.lists(
        st.tuples(
            st.one_of(st.text(max_size=30), st.sampled_from(["누유", "상부 진동", "no leak", "유압 저하"])),
            st.sampled_from(["프레스", "press", "용접기", "", "사출기"]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_only_resolved_issues_of_the_same_equipment_are_told_whatever_stands_in_them(
    told: list[tuple[str, str, bool]],
) -> None:
    plant = Plant()
    for number, (description, mode_type, is_solved) in enumerate(told):
        (plant.solved if is_solved else plant.raised)(f"I{number}", description, mode_type)
    issues = plant.register.issues
    for issue in issues.values():
        found = similar(issue, issues.values(), lambda _issue: "")
        assert len(found) <= MOST
        assert all(not issues[fix.issue].is_open and fix.issue != issue.id for fix in found)
        assert [bool(fix.note) for fix in found] == sorted((bool(fix.note) for fix in found), reverse=True)
