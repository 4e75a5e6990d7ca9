package io.agentservice.api;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.impl.VertxInternal;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Hangs up on clients that take for ever to send a request. The idle timeout does not: a byte now and then is enough
 * for it. A client whose request is whole is left in peace, however long its answer takes.
 */
@Singleton
final class SlowClients {

    private static final Logger LOG = Logger.getLogger(SlowClients.class);
    private static final int BEFORE_THE_BODY_IS_READ = 13_000;
    private static final long LOOK_MILLIS = 1000;
    private static final AttributeKey<Seen> SEEN = AttributeKey.valueOf("agent-service.seen");

    private final OpenChannels channels;
    private final ConnectionLimits limits;
    private boolean blind;

    SlowClients(Vertx vertx, ConnectionLimits limits) {
        this.channels = new OpenChannels((VertxInternal) vertx);
        this.limits = limits;
        vertx.setPeriodic(LOOK_MILLIS, tick -> look());
    }

    /**
     * What is known of a connection; on its event loop only. No lock: requests of HTTP/2 have one of their own, which
     * Vert.x holds when it calls us.
     */
    private static final class Seen {
        private int underWay;
        private boolean served;
        private long idleSince = System.nanoTime();
        /** Answered before its body was there: a stranger's may go on for ever. */
        private HttpServerRequest unread;

        void begin() {
            underWay++;
        }

        void end(HttpServerRequest request) {
            underWay--;
            served = true;
            idleSince = System.nanoTime();
            unread = request.isEnded() ? null : request;
        }

        boolean isLate(ConnectionLimits limits, long now) {
            return underWay == 0 && now - idleSince > patience(limits).toNanos();
        }

        private Duration patience(ConnectionLimits limits) {
            if (unread != null && !unread.isEnded()) {
                return limits.body();
            }
            return served ? limits.nextHead() : limits.firstHead();
        }
    }

    void register(@Observes Filters filters) {
        filters.register(this::follow, BEFORE_THE_BODY_IS_READ);
    }

    private void follow(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.connection() instanceof HttpServerConnection connection) {
            Channel channel = connection.channel();
            Seen seen = seen(channel);
            seen.begin();
            // Whatever thread answers.
            context.addEndHandler(ended -> channel.eventLoop().execute(() -> seen.end(request)));
        }
        if (announcesBody(request)) {
            long timer = context.vertx().setTimer(limits.body().toMillis(), late -> refuse(context));
            context.addEndHandler(ended -> context.vertx().cancelTimer(timer));
        }
        context.next();
    }

    private static boolean announcesBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.getHeader("Transfer-Encoding") != null || length != null && !length.equals("0");
    }

    private static void refuse(RoutingContext context) {
        if (!context.request().isEnded()) {
            LOG.debug("a body took too long");
            context.request().connection().close();
        }
    }

    private static Seen seen(Channel channel) {
        var attribute = channel.attr(SEEN);
        attribute.setIfAbsent(new Seen());
        return attribute.get();
    }

    private void look() {
        Optional<List<Channel>> open = channels.all();
        if (open.isEmpty()) {
            if (!blind) {
                LOG.warn("the server's connections cannot be seen: slow clients are ended by the idle timeout only");
            }
            blind = true;
            return;
        }
        open.get().forEach(channel -> channel.eventLoop().execute(() -> closeIfLate(channel)));
    }

    private void closeIfLate(Channel channel) {
        if (seen(channel).isLate(limits, System.nanoTime())) {
            channel.close();
        }
    }
}
