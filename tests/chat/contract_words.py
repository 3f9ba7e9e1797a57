"""What the contract server's experts say: plausible words, so that screens look as they will."""

from typing import Any

SUMMARIES = (
    """유압 압력 저하가 의심됩니다. 증상과 최근 이력을 보면 작동유 부족 또는 흡입 필터 막힘의 가능성이 가장 높습니다.

1. 비상정지 후 주전원을 차단하고 잠금·표찰(LOTO)을 실시하세요.
2. 잔압이 0인지 압력계로 확인하세요.
3. 작동유 유면계를 확인하고, 하한선 아래면 같은 등급의 작동유를 보충하세요.
4. 흡입 필터의 차압 표시기가 빨간색이면 필터를 교체하세요.
5. 재가동 후 5분간 압력이 14~16 MPa 범위에 머무르는지 기록하세요.""",
    """필터 교체 후에도 압력이 회복되지 않는다면 펌프 마모 또는 릴리프 밸브 고착을 확인해야 합니다.

1. 전원 차단 상태에서 펌프 커플링의 유격을 확인하세요.
2. 릴리프 밸브를 분리하기 전에 반드시 잔압을 제거하세요.
3. 밸브 시트에 이물질이 있으면 세척하고 O링을 교체하세요.
4. 재조립 후 무부하로 3분간 시운전하세요.""",
    """측정값이 정상 범위로 돌아왔습니다. 같은 문제가 다시 생기지 않도록 아래를 기록해 주세요.

- 교체한 부품과 시각
- 재가동 후 압력과 유온
- 다음 점검 예정일: 2주 이내""",
)


def summary(count: int) -> str:
    """What is said to the question number ``count`` of a session."""
    return SUMMARIES[(count - 1) % len(SUMMARIES)]


def structured(session: str, count: int, at: str) -> dict[str, Any]:
    """A whole answer of ``/chat``."""
    return {
        "session_id": session,
        "conversation_count": count,
        "response_type": "first_question" if count == 1 else "follow_up",
        "executive_summary": "유압 압력 저하: 작동유 부족 또는 흡입 필터 막힘이 가장 유력합니다.",
        "immediate_actions": [
            {"step": 1, "action": "비상정지 후 주전원 차단, 잠금·표찰 실시", "time": "즉시", "priority": "high"},
            {"step": 2, "action": "유면계와 누유 여부 확인", "time": "5분", "priority": "high"},
            {"step": 3, "action": "필터 차압 표시기 확인", "time": "5분", "priority": "medium"},
            {"step": 4, "action": "점검 결과를 일지에 기록", "time": "3분", "priority": "low"},
        ],
        "detailed_solution": [
            {
                "phase": "1단계: 원인 확인",
                "actions": ["잔압 0 확인", "흡입 필터 분리 점검", "작동유 오염도 확인"],
                "estimated_time": "20분",
            },
            {"phase": "2단계: 조치", "actions": ["필터 교체", "작동유 보충 (ISO VG 46)"], "estimated_time": "40분"},
            {"phase": "3단계: 시운전", "actions": ["무부하 3분", "압력 14~16 MPa 확인"], "estimated_time": "10분"},
        ],
        "safety_precautions": [
            "주전원 차단과 LOTO 없이 커버를 열지 마세요.",
            "고온의 작동유에 화상 주의: 보호장갑 착용",
        ],
        "cost_estimation": {"parts": "85,000원", "labor": "60,000원", "total": "145,000원"},
        "confidence_level": 0.82,
        "participating_agents": ["유압 전문가", "기계 전문가", "안전 전문가"],
        "debate_rounds": 2,
        "processing_time": 21.4,
        "processing_steps": ["분석", "토론", "종합"],
        "timestamp": at,
        "failed_agents": [
            {"agent_name": "전기 전문가", "error_message": "응답 시간 초과", "timestamp": at, "specialty": "전기"}
        ],
    }


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" + (
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
