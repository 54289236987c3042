/// Warnings about connections: each is shown once in a run.
final class Warnings {
    private let log: RunLog
    private var shown: Set<String> = []

    init(_ log: RunLog) { self.log = log }

    func show(_ warning: String) {
        if shown.insert(warning).inserted { log.warn(warning) }
    }
}
