package andon.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.serializer.JsonSerializer;

/** Raises issues as the plant's monitoring does: KafkaTemplate, JsonSerializer, a Map.of, no key. */
final class IssueProducer implements AutoCloseable {

    private static final long SECONDS = 30;

    private final DefaultKafkaProducerFactory<String, Object> factory;
    private final KafkaTemplate<String, Object> template;

    IssueProducer(String bootstrap) {
        factory = new DefaultKafkaProducerFactory<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, JsonSerializer.class));
        template = new KafkaTemplate<>(factory);
    }

    /** The seven fields. Map.of has no stable order and takes no null, which is part of what the terminal must bear. */
    static Map<String, Object> event(
            String issue, String processType, String modeType, String modeLogId, String description) {
        return Map.of(
                "issue", issue,
                "processType", processType,
                "modeType", modeType,
                "modeLogId", modeLogId,
                "description", description,
                "isSolved", false,
                "timestamp", Instant.now().toString());
    }

    /** Sends without a key, waits for the acknowledgement and tells where it went and what was sent. */
    String send(String topic, Map<String, Object> event) throws Exception {
        RecordMetadata sent = template.send(topic, event).get(SECONDS, TimeUnit.SECONDS).getRecordMetadata();
        return json(Map.of(
                "partition", sent.partition(), "offset", sent.offset(), "timestamp", sent.timestamp(), "value", event));
    }

    private static String json(Map<String, Object> report) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(report);
    }

    @Override
    public void close() {
        factory.destroy();
    }
}
