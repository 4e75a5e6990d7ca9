# What ./demo starts, leaves running and ends. Sourced by it; uses its variables and say().
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # state is of ./demo, child is for it

# Starts a command in a process group of its own: Ctrl-C reaches ./demo alone, which ends the groups in order.
spawn() {
  set -m
  "$@" </dev/null &
  child=$!
  set +m
}

# PROCESS LOG SCRIPT: what the sed script finds in the log, as soon as it is there. Waits up to a minute.
await() {
  local found tries=0
  while [ "$tries" -lt 600 ]; do
    found=$(sed -n "$3" "$2")
    if [ -n "$found" ]; then say "$found"; return 0; fi
    is_alive "$1" || return 1
    sleep 0.1
    tries=$((tries + 1))
  done
  return 1
}

# Not what has ended and waits for somebody to ask how.
is_alive() {
  kill -0 "$1" 2>/dev/null && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# PROCESS SECONDS: ends it and then what is left of its group. The service ends its jobs itself, given the time.
end() {
  local tenths=$(($2 * 10))
  kill -TERM "$1" 2>/dev/null
  while is_alive "$1" && [ "$tenths" -gt 0 ]; do
    sleep 0.1
    tenths=$((tenths - 1))
  done
  kill -KILL -- "-$1" 2>/dev/null
}

clean_up_at_exit() {
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
}

# shellcheck disable=SC2317 # a trap calls it
clean_up() {
  local status=$? pid
  trap '' HUP INT PIPE TERM
  if [ "$status" -ge 129 ]; then say '' 'Stopping…'; fi
  # The service ends its jobs before the stand-in, which they may be talking to, goes.
  if [ -n "$service" ]; then end "$service" 30; fi
  for pid in $(jobs -p); do end "$pid" 2; done
  wait
  if [ -n "$folder" ]; then rm -rf -- "$folder"; fi
  # A jar that was not finished must not look like one.
  if [ -n "$building" ]; then rm -f target/quarkus-app/quarkus-run.jar; fi
  unlock
  exit "$status"
}

# One file for each service that is left running: its process, the stand-in's, their folder.
leave_running() {
  printf '%s\n' "$service" "${stand_in:--}" "$folder" >"$state/kept-$service"
  trap - EXIT
  disown -a
}

stop_kept() {
  local file stopped=''
  for file in "$state"/kept-*; do
    [ -f "$file" ] || continue
    { read -r service && read -r stand_in && read -r folder; } <"$file" || continue
    # After a restart of the machine the numbers may be somebody else's.
    if is_ours "$service"; then end "$service" 30; fi
    if is_ours "$stand_in"; then end "$stand_in" 2; fi
    case $folder in */claude-agent-demo.??????) rm -rf -- "$folder" ;; esac
    rm -f "$file"
    say "stopped process $service and removed $folder"
    stopped=yes
  done
  [ -n "$stopped" ] || say 'nothing is running'
}

is_ours() {
  is_alive "$1" || return 1
  if [ -r "/proc/$1/cmdline" ]; then
    grep -qaF -- "$folder" "/proc/$1/cmdline"
  else
    ps -o args= -p "$1" | grep -qF -- "$folder"
  fi
}
