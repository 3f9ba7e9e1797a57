package andon.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.support.serializer.JsonDeserializer;

/**
 * Reads a topic from its beginning as another Spring service does. There is no default type: a record whose type
 * headers are missing, or name a class that cannot be loaded, ends it with the exception.
 */
final class IssueConsumer {

    private static final Duration POLL = Duration.ofMillis(200);

    private final ObjectMapper mapper = new ObjectMapper();
    private final DefaultKafkaConsumerFactory<String, Object> factory;
    private final String topic;

    IssueConsumer(String bootstrap, String topic) {
        this.topic = topic;
        this.factory = new DefaultKafkaConsumerFactory<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG, "spring-peer-" + UUID.randomUUID(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, JsonDeserializer.class,
                JsonDeserializer.TRUSTED_PACKAGES, "*",
                // Only so that they can be printed.
                JsonDeserializer.REMOVE_TYPE_INFO_HEADERS, false));
    }

    /** Prints up to {@code wanted} records within {@code patience}; returns how many there were. */
    int read(int wanted, Duration patience, Consumer<String> print) {
        Instant end = Instant.now().plus(patience);
        int read = 0;
        try (var consumer = factory.createConsumer()) {
            consumer.subscribe(List.of(topic));
            while (read < wanted && Instant.now().isBefore(end)) {
                for (ConsumerRecord<String, Object> record : consumer.poll(POLL)) {
                    print.accept(describe(record));
                    read++;
                }
            }
        }
        return read;
    }

    private String describe(ConsumerRecord<String, Object> record) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("valueClass", record.value() == null ? null : record.value().getClass().getName());
        report.put("value", record.value());
        report.put("key", record.key());
        report.put("headers", headers(record));
        report.put("partition", record.partition());
        report.put("offset", record.offset());
        report.put("timestamp", record.timestamp());
        try {
            return mapper.writeValueAsString(report);
        } catch (JsonProcessingException unprintable) {
            throw new UncheckedIOException(unprintable);
        }
    }

    private static Map<String, String> headers(ConsumerRecord<String, Object> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            byte[] value = header.value();
            headers.put(header.key(), value == null ? null : new String(value, StandardCharsets.UTF_8));
        }
        return headers;
    }
}
