package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaCheckTest {

    private final ObjectMapper json = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"object\"}",
                "{\"type\":\"object\",\"properties\":{\"type\":{\"type\":[\"string\",\"null\"]},\"required\":true}}",
                "{\"type\":\"object\",\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"x-unknown\":1}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/n\"}},\"$defs\":{\"n\":{\"enum\":[1]}}}",
                "{\"type\":\"object\",\"required\":[],\"additionalProperties\":false,\"anyOf\":[{},true]}"
            })
    void whatTheCliTakesIsTaken(String schema) throws IOException {
        assertThat(SchemaCheck.fault(json.readTree(schema))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                                            | must be an object
            "object"                                                      | must be an object
            {}                                                            | at its top
            {"type":"array"}                                              | at its top
            {"type":["object"]}                                           | at its top
            {"type":"object","properties":7}                              | /properties: must be an object of schemas
            {"type":"object","properties":{"a":{"type":"objekt"}}}        | /properties/a/type: must be one of
            {"type":"object","properties":{"a":{"items":7}}}              | /properties/a/items: must be a schema
            {"type":"object","items":[{"type":1}]}                        | /items/-/type: must be
            {"type":"object","required":"a"}                              | /required: must be an array of names
            {"type":"object","required":[1]}                              | /required: must be an array of names
            {"type":"object","anyOf":[]}                                  | /anyOf: must be an array of schemas
            {"type":"object","not":{"enum":[]}}                           | /not/enum: must be an array of values
            {"type":"object","not":{"$ref":"http://example.com"}}         | /not/$ref: must begin with '#'
            {"type":"object","$schema":"https://json-schema.org/draft/2020-12/schema"} | /$schema: must be
            """)
    void aFaultIsNamedWithItsPlace(String schema, String fault) throws IOException {
        assertThat(SchemaCheck.fault(json.readTree(schema)).orElseThrow()).contains(fault);
    }

    @Test
    void itsSizeAndDepthAreBounded() throws IOException {
        String large = "{\"type\":\"object\",\"description\":\"%s\"}".formatted("\u00e9".repeat(33_000));
        String deep = "{\"type\":\"object\",\"a\":%s%s}".formatted("[".repeat(32), "]".repeat(32));

        assertThat(SchemaCheck.fault(json.readTree(large)).orElseThrow()).contains("at most 65536");
        assertThat(SchemaCheck.fault(json.readTree(deep)).orElseThrow()).contains("32 levels");
    }
}
