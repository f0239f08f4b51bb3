# Private PostgreSQL and Redis in a temporary folder, on free loopback ports. Sourced by tests/run.
# shellcheck shell=bash

TEMP=
POSTGRES_PID=
REDIS_PID=

# A port nobody listens on, below the range the system hands out by itself. The winner of a race for
# it is found out by whoever then fails to bind, so callers try again.
free_port() {
    local port attempt
    for attempt in {1..50}; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    return 1
}

# Waits until a command succeeds; false after 30 s or as soon as process $1 is gone.
wait_ready() {
    local pid=$1 attempt
    shift
    for attempt in {1..300}; do
        "$@" >/dev/null 2>&1 && return
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

# Starts a command that dies with this script, even if the script is killed outright.
attached() {
    exec setpriv --pdeathsig TERM "$@"
}

# PostgreSQL refuses to run as root; its package brings a user for it.
as_postgres() {
    if [[ $EUID -eq 0 ]]; then
        local user=postgres
        id postgres >/dev/null 2>&1 || user=nobody
        exec setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --pdeathsig INT "$@"
    else
        exec setpriv --pdeathsig INT "$@"
    fi
}

start_postgres() {
    local bin data=$TEMP/postgres/data port attempt
    bin=$(postgres_bin) || return 1
    mkdir "$TEMP/postgres"
    [[ $EUID -ne 0 ]] || chown postgres "$TEMP/postgres" 2>/dev/null || chown nobody "$TEMP/postgres"
    (
        cd "$TEMP/postgres"
        as_postgres "$bin/initdb" -D "$data" -U muster -A trust -E UTF8 --locale=C.UTF-8 --no-sync
    ) >"$TEMP/initdb.log" 2>&1 || {
        cat "$TEMP/initdb.log" >&2
        return 1
    }
    for attempt in {1..5}; do
        port=$(free_port)
        # fsync stays on: what these tests promise is about what is on disk.
        (
            cd "$TEMP/postgres"
            as_postgres "$bin/postgres" -D "$data" -p "$port" \
                -c listen_addresses=127.0.0.1 -c unix_socket_directories="$TEMP/postgres" \
                -c max_connections=300 -c fsync=on -c shared_buffers=256MB -c max_wal_size=2GB
        ) </dev/null >"$TEMP/postgres.log" 2>&1 &
        POSTGRES_PID=$!
        if wait_ready "$POSTGRES_PID" "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U muster -d postgres; then
            export PATH=$PATH:$bin # pgbench, pg_dump and psql of the same version
            export MUSTER_TEST_DATABASE_URL=postgres://muster@127.0.0.1:$port/postgres
            return
        fi
        stop_process "$POSTGRES_PID" INT
    done
    tail -n 30 "$TEMP/postgres.log" >&2
    return 1
}

start_redis() {
    local port attempt
    mkdir "$TEMP/redis"
    for attempt in {1..5}; do
        port=$(free_port)
        (attached redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no \
            --databases 512 --dir "$TEMP/redis") </dev/null >"$TEMP/redis.log" 2>&1 &
        REDIS_PID=$!
        if wait_ready "$REDIS_PID" redis_answers "$port"; then
            export MUSTER_TEST_REDIS_URL=redis://127.0.0.1:$port/
            return
        fi
        stop_process "$REDIS_PID" TERM
    done
    tail -n 30 "$TEMP/redis.log" >&2
    return 1
}

# One PING by hand: only the server is needed, no client.
redis_answers() (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'PING\r\n' >&3
    IFS= read -r -t 2 answer <&3
    [[ $answer == +PONG* ]]
)

start_services() {
    make_temp
    step "Start PostgreSQL and Redis" start_both
}

start_both() {
    start_postgres && start_redis && name_smtp_server
}

# The mail test starts the server itself, on a port of its own.
name_smtp_server() {
    MUSTER_TEST_SMTPD=${MUSTER_TEST_SMTPD:-$(smtp_command)} || return 1
    export MUSTER_TEST_SMTPD
}

make_temp() {
    [[ -z $TEMP ]] || return 0
    # Not in TMPDIR: the database's user must be able to enter it, and a socket's path is short.
    TEMP=$(mktemp -d /tmp/muster-test.XXXXXX)
    chmod 711 "$TEMP"
}

# stop_process PID SIGNAL: asks, waits up to 10 s, then insists.
stop_process() {
    local pid=$1 signal=$2 attempt
    [[ -n $pid ]] || return 0
    kill -"$signal" "$pid" 2>/dev/null || return 0
    for attempt in {1..100}; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    # QUIT makes PostgreSQL end its own children too, which KILL would leave behind.
    kill -QUIT "$pid" 2>/dev/null && sleep 1
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null || true
}

stop_everything() {
    local code=$?
    trap '' HUP INT TERM
    set +e
    stop_process "$REDIS_PID" TERM
    stop_process "$POSTGRES_PID" INT
    forget_policy
    [[ -z $TEMP ]] || rm -rf "$TEMP"
    exit "$code"
}
