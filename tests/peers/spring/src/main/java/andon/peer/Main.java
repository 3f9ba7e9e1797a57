package andon.peer;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * {@code produce <bootstrap> <topic> <issue> <processType> <modeType> <modeLogId> <description>} or
 * {@code consume <bootstrap> <topic> <count> <timeoutSeconds>}; prints JSON lines in UTF-8.
 */
public final class Main {

    private static final int TOO_FEW = 3;

    private Main() {
    }

    public static void main(String[] args) throws Exception {
        // Whatever the locale says: the driver reads UTF-8.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        switch (args[0]) {
            case "produce" -> out.println(produce(args));
            case "consume" -> consume(args, out);
            default -> throw new IllegalArgumentException("produce or consume, not " + args[0]);
        }
    }

    private static String produce(String[] args) throws Exception {
        try (IssueProducer producer = new IssueProducer(args[1])) {
            Map<String, Object> event = IssueProducer.event(args[3], args[4], args[5], args[6], args[7]);
            return producer.send(args[2], event);
        }
    }

    private static void consume(String[] args, PrintStream out) {
        int wanted = Integer.parseInt(args[3]);
        Duration patience = Duration.ofMillis((long) (Double.parseDouble(args[4]) * 1000));
        int read = new IssueConsumer(args[1], args[2]).read(wanted, patience, out::println);
        if (read < wanted) {
            System.err.println("read " + read + " of " + wanted + " records in " + patience);
            System.exit(TOO_FEW);
        }
    }
}
