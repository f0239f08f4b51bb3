//! The tables as diesel knows them; `tests/it/migrations.rs` holds them against both migration sets.
#![allow(missing_docs, reason = "the migrations document every column")]

diesel::table! {
    volunteers (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        zip -> Nullable<Text>,
        region -> Text,
        zone -> Text,
        quiet -> Bool,
        honour_roll -> Bool,
        travel_km -> Nullable<Integer>,
        weekly_hours -> Nullable<Integer>,
        adult -> Bool,
        availability -> Nullable<Text>,
        languages -> Text,
        interests -> Text,
        access_needs -> Text,
        certificates -> Text,
        rung -> Integer,
        invited_by -> Nullable<BigInt>,
        joined_at -> Timestamp,
        last_active_at -> Nullable<Timestamp>,
        erased_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    volunteer_skills (volunteer_id, skill) {
        volunteer_id -> BigInt,
        skill -> Text,
        level -> Integer,
    }
}

diesel::table! {
    staff (volunteer_id) {
        volunteer_id -> BigInt,
        added_by -> Nullable<BigInt>,
        since -> Timestamp,
    }
}

diesel::table! {
    captains (region, volunteer_id) {
        region -> Text,
        volunteer_id -> BigInt,
        named_by -> Nullable<BigInt>,
        since -> Timestamp,
    }
}

diesel::table! {
    invitations (code) {
        code -> Text,
        volunteer_id -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        volunteer_id -> BigInt,
        audience -> Text,
        refresh_hash -> Text,
        family_hash -> Nullable<Text>,
        spent_hash -> Nullable<Text>,
        device -> Text,
        created_at -> Timestamp,
        seen_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    live_tickets (hash) {
        hash -> Text,
        session_id -> BigInt,
        volunteer_id -> BigInt,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_requests (id) {
        id -> BigInt,
        purpose -> Text,
        handle_hash -> Text,
        browser_hash -> Text,
        email -> Text,
        ip -> Text,
        zip -> Nullable<Text>,
        region -> Nullable<Text>,
        zone -> Nullable<Text>,
        name -> Text,
        invite -> Nullable<Text>,
        choices -> Text,
        asked_at -> Timestamp,
        mailed -> Bool,
        token_hash -> Nullable<Text>,
        dispatched_at -> Nullable<Timestamp>,
        expires_at -> Nullable<Timestamp>,
        spent_at -> Nullable<Timestamp>,
        voided_at -> Nullable<Timestamp>,
        code_hash -> Nullable<Text>,
        code_tries -> Integer,
        volunteer_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        key -> Text,
        recipient -> Text,
        subject -> Text,
        body -> Text,
        created_at -> Timestamp,
        claimed_until -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
        tries -> Integer,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        actor -> BigInt,
        deed -> Text,
        detail -> Text,
        at -> Timestamp,
        hash -> Text,
    }
}

diesel::table! {
    campaign (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    ledger (volunteer_id, id) {
        volunteer_id -> BigInt,
        id -> BigInt,
        key -> Text,
        fingerprint -> Text,
        kind -> Text,
        quantity -> Nullable<Integer>,
        conversations -> Nullable<Integer>,
        minutes -> Nullable<Integer>,
        note -> Nullable<Text>,
        task_id -> Nullable<BigInt>,
        occurred_at -> Timestamp,
        week -> Text,
        region -> Text,
        mission -> Integer,
        base -> BigInt,
        weight -> Integer,
        counted -> BigInt,
        verification -> Text,
        corrects -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        actor -> BigInt,
        twin -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    entry_states (entry_id, volunteer_id) {
        volunteer_id -> BigInt,
        entry_id -> BigInt,
        region -> Text,
        week -> Text,
        state -> Text,
        weight -> Integer,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    member_weeks (volunteer_id, week) {
        volunteer_id -> BigInt,
        week -> Text,
        region -> Nullable<Text>,
        net -> BigInt,
        entries -> Integer,
        version -> BigInt,
    }
}

diesel::table! {
    region_weeks (region, week) {
        region -> Text,
        week -> Text,
        points -> BigInt,
        active -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    rosters (region, week) {
        region -> Text,
        week -> Text,
        members -> BigInt,
    }
}

diesel::table! {
    roster_locks (week, zone) {
        week -> Text,
        zone -> Text,
        locked_at -> Timestamp,
    }
}

diesel::table! {
    final_boards (region, week) {
        region -> Text,
        week -> Text,
        board -> Text,
    }
}

diesel::table! {
    missions (week, kind) {
        week -> Text,
        kind -> Text,
        weight -> Integer,
    }
}

diesel::table! {
    tasks (id) {
        id -> BigInt,
        title -> Text,
        body -> Text,
        kind -> Text,
        region -> Text,
        remote -> Bool,
        place_name -> Text,
        lat -> Nullable<Double>,
        lon -> Nullable<Double>,
        zone -> Text,
        starts_at -> Nullable<Timestamp>,
        ends_at -> Nullable<Timestamp>,
        minutes -> Integer,
        slots -> Integer,
        taken -> Integer,
        pending -> Integer,
        languages -> Text,
        rung -> Integer,
        priority -> Double,
        host -> Nullable<BigInt>,
        status -> Text,
        certificates -> Text,
        min_age -> Nullable<Integer>,
        access -> Text,
        radius_km -> Nullable<Integer>,
        created_by -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    task_stats (task_id) {
        task_id -> BigInt,
        shown -> BigInt,
        accepts -> BigInt,
        expected -> Double,
        exposure -> Double,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    task_skills (task_id, skill) {
        task_id -> BigInt,
        skill -> Text,
        level -> Integer,
        required -> Bool,
        weight -> Double,
    }
}

diesel::table! {
    assignments (task_id, volunteer_id) {
        task_id -> BigInt,
        volunteer_id -> BigInt,
        state -> Text,
        reason -> Nullable<Text>,
        changed_by -> BigInt,
        created_at -> Timestamp,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    declines (volunteer_id, task_id) {
        volunteer_id -> BigInt,
        task_id -> BigInt,
        kind -> Text,
        reason -> Text,
        declined_at -> Timestamp,
    }
}

diesel::table! {
    task_events (id) {
        id -> BigInt,
        volunteer_id -> BigInt,
        task_id -> BigInt,
        kind -> Text,
        event -> Text,
        position -> Nullable<Integer>,
        propensity -> Nullable<Double>,
        chance -> Nullable<Double>,
        reason -> Nullable<Text>,
        at -> Timestamp,
    }
}

diesel::table! {
    follow_ups (volunteer_id) {
        volunteer_id -> BigInt,
        opened_at -> Timestamp,
        due_at -> Timestamp,
        tries -> Integer,
        last_outcome -> Nullable<Text>,
        note -> Nullable<Text>,
        closed_at -> Nullable<Timestamp>,
        closed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        region -> Text,
        author -> BigInt,
        body -> Text,
        created_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        deleted_by -> Nullable<BigInt>,
        key -> Nullable<Text>,
    }
}

diesel::table! {
    comments (id) {
        id -> BigInt,
        post_id -> BigInt,
        author -> BigInt,
        body -> Text,
        created_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        deleted_by -> Nullable<BigInt>,
        key -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    volunteers,
    volunteer_skills,
    staff,
    captains,
    invitations,
    sessions,
    live_tickets,
    sign_in_requests,
    outbox,
    audit,
    campaign,
    ledger,
    entry_states,
    member_weeks,
    region_weeks,
    rosters,
    roster_locks,
    final_boards,
    missions,
    tasks,
    task_stats,
    task_skills,
    assignments,
    declines,
    task_events,
    follow_ups,
    posts,
    comments,
);
