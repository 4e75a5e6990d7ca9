package io.agentservice.api;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.impl.TCPServerBase;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The connections to the HTTP servers of this process. Vert.x tells nobody of a connection before its first request is
 * there, so that a client that never finishes one would never be seen: they are taken from where Vert.x itself keeps
 * them. If another version keeps them elsewhere, there are none here, and a test fails.
 */
// A native executable finds no fields by name but those that are named here.
@RegisterForReflection(
        targets = TCPServerBase.class,
        classNames = "io.vertx.core.net.impl.ServerChannelLoadBalancer",
        methods = false)
final class OpenChannels {

    private final VertxInternal vertx;

    OpenChannels(VertxInternal vertx) {
        this.vertx = vertx;
    }

    /** Empty if they cannot be found. */
    Optional<List<Channel>> all() {
        List<Channel> open = new ArrayList<>();
        try {
            for (HttpServerImpl server : List.copyOf(vertx.sharedHttpServers().values())) {
                open.addAll(group(server));
            }
            return Optional.of(open);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static ChannelGroup group(TCPServerBase server) throws ReflectiveOperationException {
        Object balancer = field(TCPServerBase.class, "channelBalancer").get(server);
        return (ChannelGroup) field(balancer.getClass(), "channelGroup").get(balancer);
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
