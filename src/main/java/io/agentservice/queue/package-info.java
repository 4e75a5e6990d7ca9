/** What runs, where and when: admission, claiming, recovery, drain. */
package io.agentservice.queue;
