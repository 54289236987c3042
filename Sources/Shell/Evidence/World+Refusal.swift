internal import Journal
internal import Posix
internal import VSphere

extension World {
    /// Says why a run does not begin, tells the log and the programs that are to know, and ends the process.
    /// - Parameters:
    ///   - invocation: The command line: its options say who is told.
    ///   - message: The reason, on one line.
    ///   - code: The exit code.
    ///   - log: The log of the run; nil where it was not opened yet.
    ///   - redaction: Takes secrets out of the records.
    ///   - tellsWatchers: Whether the metrics file and the address to ping get the end too.
    func refuseRun(
        _ invocation: Invocation,
        _ message: String,
        _ code: ExitCode,
        log: RunLog? = nil,
        _ redaction: Redaction = Redaction(),
        tellsWatchers: Bool = true
    ) {
        var world = self
        let runID = world.recordedRun ?? RandomIdentifier.make()
        if invocation[.logFormat]?.text == RunOptions.LogFormat.json.rawValue {
            world.recordedRun = runID
        }
        let log = log ?? RunLog(failed: invocation, runID: runID, world, redaction)
        log.tell(RunProblem(message))
        world.sharedJournal?.end()
        if tellsWatchers { RunWatchers.tellFailedStart(invocation, code, world) }
        log.end(.code(code.rawValue), hasUnknownOutcome: false)
        world.end(.code(code.rawValue))
    }
}
