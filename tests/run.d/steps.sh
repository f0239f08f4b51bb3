# The steps of a run, each with a heading, a duration and a sentence where it fails. Sourced by tests/run.
# shellcheck shell=bash

# Ends the run with one sentence.
fail() {
    printf '\ntests/run: %s\n' "$1" >&2
    exit 1
}

heading() {
    printf '\n== %s\n' "$1"
}

# step NAME COMMAND…: stops the run where the command fails.
step() {
    local name=$1 began=$SECONDS code=0
    shift
    heading "$name"
    "$@" || code=$?
    [[ $code -eq 0 ]] || fail "stopped at the step \"$name\", which failed with code $code after $((SECONDS - began)) s."
    printf -- '-- %s: %d s\n' "$name" "$((SECONDS - began))"
}

# Settings of whoever runs this must not reach the servers under test.
quiet_environment() {
    local name
    for name in $(compgen -v MUSTER_); do
        [[ $name == MUSTER_TEST_* ]] || unset "$name"
    done
    # Cold builds gain nothing from incremental files, which take gigabytes.
    [[ ${CI:-} != true ]] || export CARGO_INCREMENTAL=0
    TARGET=${CARGO_TARGET_DIR:-target}
    [[ $TARGET == /* ]] || TARGET=$ROOT/$TARGET
}

static_checks() {
    step "Format" cargo fmt --all --check
    step "Clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
    step "Docs" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
}

licences() {
    if ! command -v cargo-deny >/dev/null; then
        heading "Licences"
        echo "-- left out: cargo-deny is not installed"
        return
    fi
    step "Licences" cargo deny --locked check bans licenses sources
    # The list of advisories lives elsewhere: without a way to it there is nothing to judge by.
    if timeout 120 cargo deny fetch db >/dev/null 2>&1; then
        step "Advisories" cargo deny --locked check --disable-fetch advisories
    else
        echo "-- Advisories left out: their list cannot be fetched from here"
    fi
}

# Programs and tests in one go, so that both are compiled with the same features, once.
build() {
    step "Build" cargo build --workspace --bins --tests --locked
}

journeys() {
    step "Packages of the browser journeys" browser_packages
    make_temp
    mkdir -p "$ROOT/target/screenshots" "$TEMP/browser"
    step "Browser journeys" run_journeys
}

browser_packages() (
    cd "$ROOT/tests/browser"
    if [[ node_modules/.package-lock.json -nt package-lock.json ]]; then
        echo "as locked, already there"
    else
        try_thrice npm ci --no-audit --no-fund --ignore-scripts </dev/null
    fi
)

run_journeys() (
    cd "$ROOT/tests/browser"
    MUSTER_TEST_BINARY=$TARGET/debug/muster \
        MUSTER_TEST_CHROMIUM=$(chromium_path) \
        MUSTER_TEST_SCREENSHOTS=$ROOT/target/screenshots \
        TMPDIR=$TEMP/browser \
        timeout 900 node --test --test-reporter=spec </dev/null
)

doc_examples() {
    step "Examples in the docs" cargo test --doc --workspace --locked
}

# One set of packages here and in measure, so that neither undoes what the other built.
MEASURED=(--locked -p muster -p muster-bench)
DRILLED=(--locked -p muster-drills)

measured_build() {
    step "Build for release" cargo build --release "${MEASURED[@]}" --bin muster --bench speed
}

# Arguments go to the harness.
measure() {
    local code=0
    mkdir "$TEMP/bench"
    # Five thousand sockets, at both ends.
    ulimit -n 12000 2>/dev/null || fail "a process may open too few files here: raise the limit of open files to 12000."
    heading "Measure"
    cargo bench --quiet "${MEASURED[@]}" --bench speed -- --program "$TARGET/release/muster" --folder "$TEMP/bench" \
        --postgres "$MUSTER_TEST_DATABASE_URL" --redis "$MUSTER_TEST_REDIS_URL" "$@" </dev/null || code=$?
    [[ $code -eq 0 ]] || fail "the measuring ended with code $code: a goal was missed, or a number was not to be believed."
}

drilled_build() {
    step "Build for release" cargo build --release "${MEASURED[@]}" --bin muster --bench speed
    step "Build the drills" cargo build --release "${DRILLED[@]}" --bench drills
}

# Arguments go to the drills. Their report is the document.
drill() {
    local code=0 report=()
    # Fifteen thousand sockets; fewer, and that drill says that it cannot run.
    ulimit -n 20000 2>/dev/null || true
    [[ $1 != faults ]] || report=(--report "$ROOT/docs/DRILLS.md")
    heading "Drills"
    cargo bench --quiet "${DRILLED[@]}" --bench drills -- --speed "$(speed_harness)" "$@" "${report[@]}" </dev/null || code=$?
    [[ $code -eq 0 ]] || fail "a promise was not kept: the drills ended with code $code."
}

# Where cargo put the speed harness.
speed_harness() {
    cargo bench --quiet --no-run --message-format=json "${MEASURED[@]}" --bench speed 2>/dev/null |
        sed -n 's/.*"executable":"\([^"]*speed-[^"]*\)".*/\1/p' | tail -n 1
}

# Last, so that the run's last lines are the runner's own. Arguments go to the runner.
all_tests() {
    local name="Tests" code=0
    heading "$name"
    if [[ -z ${MUSTER_TEST_DATABASE_URL:-} ]]; then
        echo "SQLite world only: PostgreSQL and Redis are left out."
    fi
    if command -v cargo-nextest >/dev/null; then
        cargo nextest run --workspace --locked "$@" </dev/null || code=$?
    else
        counted_tests "$@" || code=$?
    fi
    [[ $code -eq 0 ]] || fail "stopped at the step \"$name\", which failed with code $code."
}

# Plain cargo, whichever runner is there: tests that share a process read the region tree once. They
# wait more than they work, so more of them run at a time than there are cores.
quick_tests() {
    local name="Tests" code=0
    heading "$name"
    echo "SQLite world only: PostgreSQL and Redis are left out."
    RUST_TEST_THREADS="${RUST_TEST_THREADS:-$(($(nproc) * 3))}" counted_tests "$@" || code=$?
    [[ $code -eq 0 ]] || fail "stopped at the step \"$name\", which failed with code $code."
}

# Plain cargo closes with the last file's count, so the sum over all files follows it.
counted_tests() {
    local code=0
    make_temp
    cargo test --workspace --lib --bins --tests --locked --no-fail-fast "$@" </dev/null 2>&1 |
        tee "$TEMP/tests.log" || code=$?
    awk '/^test result:/ { passed += $4; failed += $6; skipped += $8 }
        END { printf "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$TEMP/tests.log"
    return $code
}
