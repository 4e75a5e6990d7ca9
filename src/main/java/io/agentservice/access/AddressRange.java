package io.agentservice.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

/** Whom one counts as one: an IPv4 address, or all IPv6 addresses that one host may choose from. */
final class AddressRange {

    private static final int HOST_PREFIX_BYTES = 8;

    private AddressRange() {}

    static String of(String address) {
        if (!address.contains(":")) {
            return address;
        }
        try {
            // With a colon it is never looked up.
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return bytes.length <= HOST_PREFIX_BYTES
                    ? address
                    : HexFormat.of().formatHex(Arrays.copyOf(bytes, HOST_PREFIX_BYTES));
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
