"""The plant's document names its clusters: its settings, pasted as they stand, work or are told what to write."""

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from core.domain.cluster_problems import ClusterError, ClusterProblemKind
from core.kafka.auth.clouds import Cloud, cloud_of, region_of_msk, settings_problem
from core.kafka.cluster import client_options
from core.settings import Settings, load_settings

MSK = "b-1.plant.abc123.c2.kafka.ap-northeast-2.amazonaws.com"
HUBS = "plant.servicebus.windows.net"
GOOGLE = "bootstrap.plant.asia-northeast3.managedkafka.project.cloud.goog:9092"
CONFLUENT = "pkc-abc12.ap-northeast-2.aws.confluent.cloud:9092"
STRING = "Endpoint=sb://plant.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=c2VjcmV0PQ=="
TLS = "SASL_SSL"
CLIENT = {"oauth_token_url": "https://id.plant/token", "oauth_client_id": "c", "oauth_client_secret": "s"}


def given(servers: str, protocol: str = "PLAINTEXT", mechanism: str | None = None, **more: str) -> Settings:
    return load_settings(bootstrap_servers=servers, security_protocol=protocol, sasl_mechanism=mechanism, **more)


@pytest.mark.parametrize(
    ("servers", "cloud"),
    [
        (f"{MSK}:9098", Cloud.MSK),
        ("boot-abc.c1.kafka-serverless.us-east-1.amazonaws.com:9098", Cloud.MSK),
        ("b-1.plant.abc123.c2.kafka.cn-north-1.amazonaws.com.cn:9098", Cloud.MSK),
        (f"{HUBS}:9093", Cloud.EVENT_HUBS),
        (GOOGLE, Cloud.GOOGLE),
        (CONFLUENT, Cloud.CONFLUENT),
        ("kafka.plant:9092", Cloud.NONE),
        ("kafka:29092,localhost:9092", Cloud.NONE),
        ("amazonaws.com.plant:9092", Cloud.NONE),
        ("[::1]:9092", Cloud.NONE),
    ],
)
def test_the_host_name_tells_the_cloud(servers: str, cloud: Cloud) -> None:
    assert cloud_of(given(servers).kafka) is cloud


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        (given(f"{MSK}:9092", TLS, "AWS_MSK_IAM"), ClusterProblemKind.PORT, "9098"),
        (given(f"{MSK}:9092", "SASL_PLAINTEXT", "AWS_MSK_IAM"), ClusterProblemKind.NOT_ENCRYPTED, "SASL_SSL"),
        (given(f"{MSK}:9098", TLS, "SCRAM-SHA-512"), ClusterProblemKind.PORT, "9096"),
        (given(f"{MSK}:9098", TLS), ClusterProblemKind.NO_MECHANISM, "AWS_MSK_IAM"),
        (given("kafka.googleapis.com:443", TLS, "OAUTHBEARER"), ClusterProblemKind.GOOGLE_ENDPOINT, "managedkafka"),
        (given(f"{HUBS}:9093", TLS, "PLAIN"), ClusterProblemKind.CONNECTION_STRING, "$ConnectionString"),
        (
            given(f"{HUBS}:9093", TLS, "PLAIN", sasl_username="kim", sasl_password=STRING),
            ClusterProblemKind.CONNECTION_STRING,
            "$ConnectionString",
        ),
        (given(f"{HUBS}:9092", TLS, "PLAIN", sasl_password=STRING), ClusterProblemKind.PORT, "9093"),
        (given("kafka.plant:9093", TLS), ClusterProblemKind.NO_MECHANISM, "SCRAM-SHA-512"),
        (
            given("kafka.plant:9093", TLS, "PLAIN"),
            ClusterProblemKind.LOGIN_INCOMPLETE,
            "KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD",
        ),
        (
            given("kafka.plant:9093", TLS, "SCRAM-SHA-256", sasl_username="kim"),
            ClusterProblemKind.LOGIN_INCOMPLETE,
            "KAFKA_SASL_PASSWORD",
        ),
        (given("kafka.plant:9092", "SSL", "PLAIN"), ClusterProblemKind.MECHANISM_UNUSED, "SASL_SSL"),
        (given(CONFLUENT), ClusterProblemKind.NOT_ENCRYPTED, "SASL_SSL"),
        (given(GOOGLE, TLS), ClusterProblemKind.NO_MECHANISM, "OAUTHBEARER"),
        (given("kafka.plant:9098", TLS, "AWS_MSK_IAM"), ClusterProblemKind.NO_REGION, "KAFKA_AWS_REGION"),
        (given(f"{MSK}:9092", TLS, "OAUTHBEARER"), ClusterProblemKind.PORT, "9098"),
        (given(f"{MSK}:9098", "SASL_PLAINTEXT", "OAUTHBEARER"), ClusterProblemKind.NOT_ENCRYPTED, "SASL_SSL"),
        (
            given("vpce.kafka-proxy.amazonaws.com:9098", TLS, "OAUTHBEARER"),
            ClusterProblemKind.NO_REGION,
            "KAFKA_AWS_REGION",
        ),
        (given(CONFLUENT, TLS, "OAUTHBEARER"), ClusterProblemKind.ISSUER_UNKNOWN, "TOKEN_ENDPOINT_URL"),
        (
            given(GOOGLE, TLS, "OAUTHBEARER", oauth_extensions="lkc-1"),
            ClusterProblemKind.EXTENSIONS,
            "logicalCluster=lkc-1,identityPoolId=pool-1",
        ),
    ],
)
def test_what_cannot_work_is_told_what_to_write(settings: Settings, kind: ClusterProblemKind, says: str) -> None:
    problem = settings_problem(settings.kafka)
    assert problem is not None
    assert problem.kind is kind
    assert says in problem.words
    assert "{" not in problem.words
    with pytest.raises(ClusterError):
        client_options(settings.kafka)


@pytest.mark.parametrize(
    "settings",
    [
        given("kafka:29092"),
        given(f"{MSK}:9092"),
        given(f"{MSK}:9094", "SSL"),
        given(f"{MSK}:9098", TLS, "AWS_MSK_IAM"),
        given(f"{MSK}:9198", TLS, "AWS_MSK_IAM"),
        given(f"{MSK}:14001", TLS, "AWS_MSK_IAM"),
        given(f"{MSK}:9098", TLS, "OAUTHBEARER"),
        given(f"{HUBS}:9093", TLS, "OAUTHBEARER"),
        given(GOOGLE, TLS, "OAUTHBEARER"),
        given(CONFLUENT, TLS, "OAUTHBEARER", oauth_extensions="logicalCluster=lkc-1, identityPoolId=pool-1", **CLIENT),
        given(f"{HUBS}:9093", TLS, "PLAIN", sasl_password=STRING),
        given(f"{HUBS}:9093", TLS, "PLAIN", sasl_username="$ConnectionString", sasl_password=STRING),
        given(CONFLUENT, TLS, "PLAIN", sasl_username="KEY", sasl_password="s"),
        given("kafka.plant:9093", "SASL_PLAINTEXT", "SCRAM-SHA-256", sasl_username="kim", sasl_password="s"),
    ],
)
def test_what_may_work_is_tried(settings: Settings) -> None:
    assert settings_problem(settings.kafka) is None


@pytest.mark.parametrize(
    ("settings", "region"),
    [
        (given(f"{MSK}:9098", TLS, "AWS_MSK_IAM"), "ap-northeast-2"),
        (given("boot-abc.c1.kafka-serverless.us-east-1.amazonaws.com:9098", TLS, "AWS_MSK_IAM"), "us-east-1"),
        (given("b-1.p.a.c2.kafka.cn-north-1.amazonaws.com.cn:9098", TLS, "AWS_MSK_IAM"), "cn-north-1"),
        (given("kafka.plant:9098", TLS, "AWS_MSK_IAM", aws_region="eu-west-1"), "eu-west-1"),
        (given(f"{MSK}:9098", TLS, "AWS_MSK_IAM", aws_region="eu-west-1"), "eu-west-1"),
        (given("kafka.plant:9098", TLS, "AWS_MSK_IAM"), ""),
    ],
)
def test_the_region_is_in_the_setting_or_the_host_name(settings: Settings, region: str) -> None:
    assert region_of_msk(settings.kafka) == region


@given_any(st.one_of(st.text(), st.text(alphabet="abAuth=,.-1 \x01\n")))
def test_extensions_that_are_let_through_are_whole_and_change_nothing_else(text: str) -> None:
    """They stand between control characters in the login's message: none may forge another part of it."""
    settings = given(GOOGLE, TLS, "OAUTHBEARER", oauth_extensions=text)
    if settings_problem(settings.kafka) is not None:
        return
    for name, value in settings.sasl_extensions.items():
        assert name.isascii()
        assert name.isalpha()
        assert name != "auth"
        assert value.isascii()
        assert value.isprintable()
        assert value


def test_where_this_machine_is_says_nothing_of_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert region_of_msk(given(f"{MSK}:9098", TLS, "AWS_MSK_IAM").kafka) == "ap-northeast-2"


def test_a_connection_string_needs_no_user_beside_it() -> None:
    options = client_options(given(f"{HUBS}:9093", TLS, "PLAIN", sasl_password=STRING).kafka)
    assert options["sasl_plain_username"] == "$ConnectionString"
    assert options["sasl_plain_password"] == STRING


def test_no_secret_is_in_any_words() -> None:
    problem = settings_problem(given(f"{HUBS}:9093", TLS, "PLAIN", sasl_username="kim", sasl_password=STRING).kafka)
    assert problem is not None
    assert "SharedAccessKey" not in problem.words
