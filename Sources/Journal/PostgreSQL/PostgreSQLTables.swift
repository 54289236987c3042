/// The statements that make the tables and functions of the first schema.
///
/// A group of writes is one call of `vmoon.commit`, and so one round trip and one transaction. All writes may be
/// repeated: after a connection broke, nobody knows whether the last ones were carried out.
enum PostgreSQLTables {
    static let first = [
        """
        CREATE TABLE vmoon.run (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text NOT NULL UNIQUE,
            started bigint NOT NULL,
            ended bigint,
            ending text,
            script text NOT NULL,
            arguments text NOT NULL,
            host text NOT NULL,
            process bigint NOT NULL,
            continues text,
            origin text,
            recipe text,
            plan text
        )
        """,
        "CREATE INDEX ON vmoon.run (origin) WHERE origin IS NOT NULL",
        "CREATE INDEX ON vmoon.run (plan) WHERE plan IS NOT NULL",
        "CREATE INDEX ON vmoon.run (number) WHERE ended IS NULL",
        """
        CREATE TABLE vmoon.operation (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text NOT NULL UNIQUE,
            run text NOT NULL REFERENCES vmoon.run (id) ON DELETE CASCADE,
            operation text NOT NULL,
            vcenter text NOT NULL,
            "user" text NOT NULL,
            item text NOT NULL,
            subject text NOT NULL,
            version text,
            vm text,
            name text,
            holder text,
            checked_out_before text,
            latest_before text,
            newest_before text,
            message text,
            specification text,
            intended bigint NOT NULL,
            deadline bigint NOT NULL,
            attempts bigint NOT NULL,
            outcome text,
            result text,
            detail text,
            settled bigint,
            named_before text,
            server_time bigint,
            reply text,
            detail_key text,
            step text,
            place bigint,
            error text,
            item_name text,
            purges text,
            connection text
        )
        """,
        "CREATE INDEX ON vmoon.operation (run)",
        """
        CREATE INDEX ON vmoon.operation (vcenter, item) WHERE outcome IS NULL OR outcome = 'unknown'
        """,
        """
        CREATE TABLE vmoon.step (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            run text NOT NULL REFERENCES vmoon.run (id) ON DELETE CASCADE,
            name text NOT NULL,
            began bigint NOT NULL,
            ended bigint,
            result text,
            failure text,
            times text NOT NULL,
            UNIQUE (run, name)
        )
        """,
        // Whoever claims something, for as long as it says that it lives.
        """
        CREATE TABLE vmoon.owner (
            id text PRIMARY KEY,
            run text NOT NULL,
            host text NOT NULL,
            process bigint NOT NULL,
            since timestamptz NOT NULL DEFAULT clock_timestamp(),
            expires timestamptz NOT NULL
        )
        """,
        "CREATE SEQUENCE vmoon.epoch",
        """
        CREATE TABLE vmoon.claim (
            key text PRIMARY KEY,
            owner text NOT NULL REFERENCES vmoon.owner (id) ON DELETE CASCADE,
            epoch bigint NOT NULL
        )
        """,
        // What the copies of a run share: an item without a state is open, or somebody's who claims it.
        """
        CREATE TABLE vmoon.share (
            name text NOT NULL,
            key text NOT NULL,
            state text,
            runs text NOT NULL DEFAULT '',
            changed timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (name, key)
        )
        """,
        forget, commit, hasOpen, bury, claim, renew, finish, take,
    ]

    private static let forget = """
        CREATE FUNCTION vmoon.forget(before bigint, unended bigint) RETURNS void LANGUAGE sql AS $body$
            DELETE FROM vmoon.run r
            WHERE r.started < before
                AND NOT EXISTS (
                    SELECT FROM vmoon.operation o JOIN vmoon.run other ON other.id = o.run
                    WHERE (o.outcome IS NULL OR o.outcome = 'unknown')
                        AND coalesce(other.origin, other.id) = coalesce(r.origin, r.id))
                AND NOT EXISTS (
                    SELECT FROM vmoon.run other
                    WHERE (other.id = coalesce(r.origin, r.id) OR other.origin = coalesce(r.origin, r.id))
                        AND (other.started >= before OR other.ended IS NULL AND other.started >= before - unended
                            AND NOT EXISTS (
                                SELECT FROM vmoon.run later
                                WHERE later.origin = coalesce(r.origin, r.id) AND later.number > other.number)))
                -- Whoever takes an item up again goes on where the runs were that had it before.
                AND NOT EXISTS (
                    SELECT FROM vmoon.share s JOIN vmoon.run other ON other.id = ANY (string_to_array(s.runs, ' '))
                    WHERE coalesce(other.origin, other.id) = coalesce(r.origin, r.id)
                        AND (s.state IS NULL
                            OR s.state = 'failed' AND s.changed >= to_timestamp((before - unended) / 1000.0)));
            DELETE FROM vmoon.share
            WHERE state = 'done' AND changed < to_timestamp(before / 1000.0)
                OR state = 'failed' AND changed < to_timestamp((before - unended) / 1000.0);
        $body$
        """

    /// Carries out groups of writes; answers with the places of those that were not carried out, since what they
    /// depend on is claimed by somebody else.
    private static let commit = """
        CREATE FUNCTION vmoon.commit(steps integer, groups jsonb) RETURNS text LANGUAGE plpgsql AS $body$
        DECLARE
            part jsonb;
            w jsonb;
            number_of_group integer := -1;
            refused text := '';
        BEGIN
            IF EXISTS (SELECT FROM vmoon.schema s WHERE s.steps <> commit.steps) THEN
                RAISE EXCEPTION 'another vmoon has changed the schema' USING ERRCODE = 'VM001';
            END IF;
            FOR part IN SELECT value FROM jsonb_array_elements(groups) LOOP
                number_of_group := number_of_group + 1;
                IF part ? 'owner' THEN
                    -- Locked until the end: who takes over waits, and then sees what is recorded here.
                    -- One whose time is over, and whom nobody has taken from, may still go on.
                    PERFORM FROM vmoon.owner WHERE id = part->>'owner' FOR SHARE;
                    IF NOT FOUND OR EXISTS (
                        SELECT FROM jsonb_to_recordset(part->'claims') c (key text, epoch bigint)
                        WHERE NOT EXISTS (
                            SELECT FROM vmoon.claim k
                            WHERE k.key = c.key AND k.epoch = c.epoch AND k.owner = part->>'owner'))
                    THEN
                        refused := refused || ' ' || number_of_group;
                        CONTINUE;
                    END IF;
                END IF;
                FOR w IN SELECT value FROM jsonb_array_elements(part->'writes') LOOP
                    CASE w->>'do'
                    WHEN 'intend' THEN
                        INSERT INTO vmoon.operation (\(PostgreSQLSchema.operationColumns))
                        SELECT \(PostgreSQLSchema.operationColumns)
                        FROM jsonb_populate_record(NULL::vmoon.operation, w)
                        ON CONFLICT (id) DO NOTHING;
                    WHEN 'settle', 'settle if open' THEN
                        UPDATE vmoon.operation SET
                            outcome = w->>'outcome', result = w->>'result', detail = w->>'detail',
                            detail_key = w->>'detail_key', reply = w->>'reply',
                            error = w->>'error', settled = (w->>'settled')::bigint
                        WHERE id = w->>'id' AND (w->>'do' = 'settle'
                            OR outcome IS NULL OR outcome = 'unknown');
                    WHEN 'attempt' THEN
                        UPDATE vmoon.operation SET
                            attempts = (w->>'attempts')::bigint,
                            deadline = (w->>'deadline')::bigint,
                            server_time = (w->>'server_time')::bigint
                        WHERE id = w->>'id';
                    WHEN 'step' THEN
                        INSERT INTO vmoon.step (run, name, began, ended, result, failure, times)
                        SELECT run, name, began, ended, result, failure, times
                        FROM jsonb_populate_record(NULL::vmoon.step, w)
                        ON CONFLICT (run, name) DO UPDATE SET
                            began = excluded.began, ended = excluded.ended,
                            result = excluded.result, failure = excluded.failure,
                            times = excluded.times;
                    WHEN 'begin' THEN
                        INSERT INTO vmoon.run
                            (id, started, script, arguments, host, process, continues, origin,
                            recipe, plan)
                        SELECT id, started, script, arguments, host, process, continues, origin,
                            recipe, plan
                        FROM jsonb_populate_record(NULL::vmoon.run, w)
                        ON CONFLICT (id) DO NOTHING;
                    WHEN 'recipe' THEN
                        UPDATE vmoon.run SET recipe = w->>'recipe' WHERE id = w->>'id';
                    WHEN 'end' THEN
                        UPDATE vmoon.run SET
                            ended = (w->>'ended')::bigint, ending = w->>'ending'
                        WHERE id = w->>'id';
                    WHEN 'retire' THEN
                        PERFORM vmoon.forget(oldest - (w->>'age')::bigint, 0) FROM (
                            SELECT min(started) AS oldest FROM (
                                SELECT started FROM vmoon.run ORDER BY number DESC
                                LIMIT \(Retention.runs)) latest) found
                        WHERE oldest IS NOT NULL;
                    WHEN 'forget' THEN
                        PERFORM vmoon.forget((w->>'before')::bigint,
                            \(Retention.unended.components.seconds * 1000));
                    END CASE;
                END LOOP;
            END LOOP;
            RETURN refused;
        END
        $body$
        """

    /// Tells that an item has open operations; before each change it is asked in place of reading them, which costs several
    /// times more.
    private static let hasOpen = """
        CREATE FUNCTION vmoon.has_open(at_vcenter text, of_item text) RETURNS boolean LANGUAGE plpgsql AS $body$
        BEGIN
            RETURN EXISTS (
                SELECT FROM vmoon.operation
                WHERE vcenter = at_vcenter AND item = of_item AND (outcome IS NULL OR outcome = 'unknown'));
        END
        $body$
        """

    /// Ends the owners who did not say in time that they live: all that they have is free.
    ///
    /// One that is being prolonged, or records something, is locked, and lives.
    private static let bury = """
        CREATE FUNCTION vmoon.bury(mine text) RETURNS void LANGUAGE plpgsql AS $body$
        BEGIN
            -- While the server was away, nobody could say it.
            IF clock_timestamp() < pg_postmaster_start_time() + interval '2 seconds' THEN RETURN; END IF;
            IF EXISTS (SELECT FROM vmoon.owner WHERE expires <= clock_timestamp() AND id <> mine) THEN
                DELETE FROM vmoon.owner WHERE id IN (
                    SELECT id FROM vmoon.owner WHERE expires <= clock_timestamp() AND id <> mine
                    FOR UPDATE SKIP LOCKED);
            END IF;
        END
        $body$
        """

    /// Gives claims back, and takes others.
    ///
    /// Those that nobody has, and those of owners who did not say in time that they live. Answers with each key, its epoch if it is ours now, and who has it.
    private static let claim = """
        CREATE FUNCTION vmoon.claim(mine text, given text[], wanted text[])
        RETURNS TABLE (key text, epoch bigint, holder text) LANGUAGE plpgsql AS $body$
        #variable_conflict use_column
        BEGIN
            -- What a crash of the server loses of this, no intent that counts depends on.
            PERFORM set_config('synchronous_commit', 'off', true);
            IF cardinality(given) > 0 THEN
                DELETE FROM vmoon.claim WHERE owner = mine AND key = ANY (given);
            END IF;
            IF cardinality(wanted) = 0 THEN RETURN; END IF;
            PERFORM FROM vmoon.owner WHERE id = mine FOR KEY SHARE;
            IF NOT FOUND THEN RETURN; END IF;
            PERFORM vmoon.bury(mine);
            INSERT INTO vmoon.claim (key, owner, epoch)
            SELECT w, mine, nextval('vmoon.epoch') FROM unnest(wanted) w ORDER BY w
            ON CONFLICT (key) DO UPDATE SET epoch = excluded.epoch
            WHERE vmoon.claim.owner = mine;
            RETURN QUERY
            SELECT k.key, CASE WHEN k.owner = mine THEN k.epoch END,
                CASE o.run WHEN '' THEN 'a vmoon' ELSE 'run ' || o.run END
                    || ' on ' || o.host || ', pid ' || o.process
            FROM vmoon.claim k JOIN vmoon.owner o ON o.id = k.owner WHERE k.key = ANY (wanted);
        END
        $body$
        """

    /// Prolongs the life of an owner; answers whether it lives.
    ///
    /// One that somebody has taken from is gone.
    private static let renew = """
        CREATE FUNCTION vmoon.renew(mine text, milliseconds bigint) RETURNS boolean LANGUAGE sql AS $body$
            UPDATE vmoon.owner
            SET expires = clock_timestamp() + milliseconds * interval '1 millisecond'
            WHERE id = mine
            RETURNING true
        $body$
        """
}
