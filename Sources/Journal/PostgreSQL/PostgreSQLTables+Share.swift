/// The functions of lists that the copies of a run share.
extension PostgreSQLTables {
    /// Tells that items of a share that we have are done, or failed; said for the second time, after the answer to the
    /// first was lost, it changes nothing.
    static let finish = """
        CREATE FUNCTION vmoon.finish(mine text, shared text, ended text[], outcome text)
        RETURNS void LANGUAGE plpgsql AS $body$
        DECLARE
            one text;
        BEGIN
            FOREACH one IN ARRAY ended LOOP
                DELETE FROM vmoon.claim k
                WHERE k.key = 'share ' || shared || ' ' || one AND k.owner = mine;
                CONTINUE WHEN NOT FOUND;
                UPDATE vmoon.share s SET state = outcome, changed = clock_timestamp()
                WHERE s.name = shared AND s.key = one;
            END LOOP;
        END
        $body$
        """

    /// Takes the first of some items of a share that nobody has and that is not over; tells which of ours are done, which
    /// failed, and which nobody began.
    ///
    /// Answers with each item that was looked at: `done`, `failed`, `held`, or `taken` with the runs that had it before.
    /// What failed is taken up again by copies that began later.
    static let take = """
        CREATE FUNCTION vmoon.take(
            mine text, mine_run text, shared text, wanted text[], ours text[], done text[],
            failed text[], untouched text[])
        RETURNS TABLE (key text, state text, runs text) LANGUAGE plpgsql AS $body$
        #variable_conflict use_column
        DECLARE
            began timestamptz;
            known record;
            one text;
            claimed text;
        BEGIN
            SELECT since INTO began FROM vmoon.owner WHERE id = mine FOR KEY SHARE;
            IF NOT FOUND THEN RAISE EXCEPTION 'taken over' USING ERRCODE = 'VM002'; END IF;
            PERFORM vmoon.bury(mine);
            FOREACH one IN ARRAY wanted LOOP
                claimed := 'share ' || shared || ' ' || one;
                SELECT s.state, s.changed, s.runs, k.owner INTO known
                FROM (SELECT) one_row
                LEFT JOIN vmoon.share s ON s.name = shared AND s.key = one
                LEFT JOIN vmoon.claim k ON k.key = claimed;
                key := one;
                state := known.state;
                runs := '';
                IF known.state = 'done' OR known.state = 'failed' AND known.changed >= began THEN
                    RETURN NEXT;
                    CONTINUE;
                END IF;
                state := 'held';
                IF known.owner <> mine THEN
                    RETURN NEXT;
                    CONTINUE;
                END IF;
                INSERT INTO vmoon.claim (key, owner, epoch)
                VALUES (claimed, mine, nextval('vmoon.epoch')) ON CONFLICT DO NOTHING;
                -- One that is ours, and we do not know it: the answer was lost.
                IF NOT FOUND AND (one = ANY (ours) OR NOT EXISTS (
                    SELECT FROM vmoon.claim k WHERE k.key = claimed AND k.owner = mine))
                THEN
                    RETURN NEXT;
                    CONTINUE;
                END IF;
                -- It may have ended since it was looked at.
                INSERT INTO vmoon.share (name, key) VALUES (shared, one) ON CONFLICT DO NOTHING;
                SELECT s.state, s.changed, s.runs INTO known FROM vmoon.share s
                WHERE s.name = shared AND s.key = one FOR UPDATE;
                IF known.state = 'done' OR known.state = 'failed' AND known.changed >= began THEN
                    DELETE FROM vmoon.claim k WHERE k.key = claimed;
                    state := known.state;
                    RETURN NEXT;
                    CONTINUE;
                END IF;
                UPDATE vmoon.share s SET
                    state = NULL, changed = clock_timestamp(),
                    runs = CASE WHEN known.runs LIKE '%' || mine_run || '%' THEN known.runs
                        ELSE trim(known.runs || ' ' || mine_run) END
                WHERE s.name = shared AND s.key = one;
                state := 'taken';
                runs := known.runs;
                RETURN NEXT;
                EXIT;
            END LOOP;
            -- Behind all that may wait for another copy: one that waits for these waits for nothing else.
            PERFORM vmoon.finish(mine, shared, done, 'done');
            PERFORM vmoon.finish(mine, shared, failed, 'failed');
            FOREACH one IN ARRAY untouched LOOP
                DELETE FROM vmoon.claim k
                WHERE k.key = 'share ' || shared || ' ' || one AND k.owner = mine;
                CONTINUE WHEN NOT FOUND;
                UPDATE vmoon.share s SET
                    runs = trim(replace(' ' || s.runs || ' ', ' ' || mine_run || ' ', ' '))
                WHERE s.name = shared AND s.key = one;
            END LOOP;
        END
        $body$
        """
}
