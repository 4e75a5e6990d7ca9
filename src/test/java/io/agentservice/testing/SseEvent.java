package io.agentservice.testing;

import io.restassured.path.json.JsonPath;

/** One server-sent event as a client sees it; {@code id} is -1 where there is none. */
public record SseEvent(long id, String event, String data) {

    public JsonPath json() {
        return new JsonPath(data);
    }

    public String text() {
        return json().getString("text");
    }

    public boolean is(String type) {
        return event.equals(type);
    }
}
