package io.agentservice.process.child;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A program that writes numbered lines of one length as fast as the pipe takes them. */
public final class Flood {

    private Flood() {}

    /** @param args how many lines, and how many bytes each has with its line feed */
    public static void main(String[] args) throws IOException {
        long count = Long.parseLong(args[0]);
        int width = Integer.parseInt(args[1]);
        byte[] block = new byte[width * 1024];
        int used = 0;
        OutputStream out = System.out;
        for (long i = 0; i < count; i++) {
            byte[] line = line(i, width);
            if (used + width > block.length) {
                out.write(block, 0, used);
                used = 0;
            }
            System.arraycopy(line, 0, block, used, width);
            used += width;
        }
        out.write(block, 0, used);
        out.flush();
    }

    /** The number, then dots, then a line feed. */
    private static byte[] line(long number, int width) {
        byte[] line = new byte[width];
        byte[] digits = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, line, 0, digits.length);
        Arrays.fill(line, digits.length, width - 1, (byte) '.');
        line[width - 1] = '\n';
        return line;
    }
}
