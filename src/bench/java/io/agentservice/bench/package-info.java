/** Measures the packaged service beside bare yardsticks, in one run; {@code docs/benchmarks.md} explains the figures. */
package io.agentservice.bench;
