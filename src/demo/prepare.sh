# What must be there before ./demo can start anything: tools, the jar, the CLI. Sourced by it; uses its variables.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # root, state, folder and child are of ./demo and processes.sh, java and cli are for it

check_tools() {
  java=java
  if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; fi
  local jdk='install a JDK 17 or newer (https://adoptium.net) and put it on PATH or set JAVA_HOME'
  need "$java" "$jdk"
  at_least 17 "$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')" "$java" "$jdk"
  if [ -z "${DEMO_NO_BUILD:-}" ]; then need "${java}c" "this is a Java without a compiler: $jdk"; fi
  local from='install Node.js with npm (https://nodejs.org)'
  need node "$from"
  at_least 18 "$(node -p 'process.versions.node.split(".")[0]')" node "$from"
  need npm "$from"
  need git 'install git'
}

need() {
  command -v "$1" >/dev/null || die "$1 was not found: $2"
}

at_least() {
  [ "${2:-0}" -ge "$1" ] 2>/dev/null || die "$3 has version ${2:-unknown}, at least $1 is needed: $4"
}

# The jar and the CLI. One ./demo at a time: two would write into the same folders.
prepare() {
  lock
  if [ -z "${DEMO_NO_BUILD:-}" ] && is_stale; then
    say 'building… (about a minute; the first time it downloads 250 MB, too)'
    building=yes
    spawn ./mvnw -q -B package -DskipTests >"$state/build.log" 2>&1
    wait "$child" || die_with_log 'the build failed' "$state/build.log"
    building=''
  fi
  [ -f target/quarkus-app/quarkus-run.jar ] || die 'target/quarkus-app/quarkus-run.jar is not there: unset DEMO_NO_BUILD'
  # A copy, so that the next build does not pull the jars from under a running service.
  cp -R target/quarkus-app "$folder/app" || die 'cannot copy the service'
  compgen -G '.cli/*/claude' >/dev/null || say 'installing the Claude Code CLI into .cli/… (once, 360 MB)'
  spawn src/cli/install >"$state/install.log" 2>&1
  wait "$child" || die_with_log 'the Claude Code CLI could not be installed' "$state/install.log"
  cli=$(tail -n 1 "$state/install.log")
  unlock
}

is_stale() {
  local jar=target/quarkus-app/quarkus-run.jar
  [ ! -f "$jar" ] || [ -n "$(find pom.xml src/main/java src/main/resources -newer "$jar" -print)" ]
}

# A symbolic link is made in one step and says whose it is.
lock() {
  local holder told=''
  until ln -s "$$" "$state/lock" 2>/dev/null; do
    holder=$(readlink "$state/lock") || { sleep 0.1; continue; }
    kill -0 "$holder" 2>/dev/null || { rm -f "$state/lock"; continue; }
    if [ -z "$told" ]; then say "another ./demo (pid $holder) is building here: waiting for it…"; fi
    told=yes
    sleep 0.3
  done
  locked=yes
}

unlock() {
  if [ -n "$locked" ]; then rm -f "$state/lock"; fi
  locked=''
}
