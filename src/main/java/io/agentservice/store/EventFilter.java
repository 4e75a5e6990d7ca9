package io.agentservice.store;

import io.agentservice.job.Delta;

/** Keeps what nobody may read out of what is recorded and shown. Everything an agent says goes through it, first. */
public interface EventFilter {

    /** Lets everything pass. */
    EventFilter NONE = new EventFilter() {
        @Override
        public String text(String text) {
            return text;
        }

        @Override
        public OutputFilter output() {
            return OutputFilter.NONE;
        }
    };

    /** A text that stands for itself, such as an error's sentence. */
    String text(String text);

    /** For the output of one run, from its first line on. */
    OutputFilter output();

    /** Knows what came before. Called from one thread at a time. */
    interface OutputFilter {

        OutputFilter NONE = new OutputFilter() {
            @Override
            public String stdout(String line, boolean cut) {
                return line;
            }

            @Override
            public String stderr(String line) {
                return line;
            }

            @Override
            public Delta delta(Delta delta) {
                return delta;
            }

            @Override
            public void messageEnded() {}
        };

        /**
         * One line of stream-json: what was JSON stays JSON.
         *
         * @param cut whether it is only the beginning of what was written
         */
        String stdout(String line, boolean cut);

        /** One line of stderr, which may go on with what an earlier one began. */
        String stderr(String line);

        /** A piece of a message. What may be the beginning of a secret is held back until more of it has come. */
        Delta delta(Delta delta);

        /** The pieces so far are told as a whole now; what is held back of them is forgotten. */
        void messageEnded();
    }
}
