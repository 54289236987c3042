internal import Journal

/// Finds out which changes had to wait, and for which.
///
/// The journal does not say so. But changes of one item are made one at a time, in the order in which they asked: one
/// that began while another had no verdict yet, and got its own later, has waited for that one.
enum ReportWaits {
    /// How many earlier changes of an item are looked at: in a line the last one before is the one that is waited for.
    private static let depth = 64

    private struct Place {
        let run: Int
        let change: Int
        let began: Int64
        let settled: Int64?
    }

    /// Fills in who waited for whom.
    static func find(in runs: inout [Report.Run]) {
        var lines: [[String]: [Place]] = [:]
        for (run, content) in runs.enumerated() {
            for (number, change) in content.changes.enumerated() where change.claimsItem {
                lines[change.key, default: []].append(
                    Place(
                        run: run,
                        change: number,
                        began: change.began,
                        settled: change.settled
                    )
                )
            }
        }
        for line in lines.values where line.count > 1 { find(in: line, of: &runs) }
    }

    private static func find(in line: [Place], of runs: inout [Report.Run]) {
        let ordered = line.sorted {
            ($0.began, $0.settled ?? .max) < ($1.began, $1.settled ?? .max)
        }
        for (number, ours) in ordered.enumerated() {
            let earlier = ordered[max(0, number - depth)..<number].last { theirs in
                guard let until = theirs.settled else { return false }
                return until > ours.began && until <= ours.settled ?? .max
            }
            guard let earlier, let until = earlier.settled else { continue }
            let theirs = runs[earlier.run].changes[earlier.change]
            runs[ours.run].changes[ours.change].wait = ReportChange.Wait(
                change: theirs.identifier,
                operation: theirs.operation,
                run: runs[earlier.run].row.run.identifier,
                until: until
            )
        }
    }
}
