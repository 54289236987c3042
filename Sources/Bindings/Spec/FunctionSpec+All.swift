internal import VSphere

/// The groups of functions that scripts can call, in the order of the reference.
enum FunctionGroup: CaseIterable {
    case session, item, rollback, operations, guest, hardware, publications, tags, finding, request
    case tasks, waiting, shard, steps, options, asking, programs, json, csv, log, time, http
    case secret, show, progress, help

    /// Its functions; each group is made when it is first needed.
    var specs: [FunctionSpec] {
        switch self {
        case .session: FunctionSpec.session
        case .item: FunctionSpec.item
        case .rollback: [FunctionSpec.rollback]
        case .operations: FunctionSpec.operations
        case .guest: FunctionSpec.guest
        case .hardware: FunctionSpec.hardware
        case .publications: FunctionSpec.publications
        case .tags: FunctionSpec.tags
        case .finding: FunctionSpec.finding
        case .request: [FunctionSpec.request, FunctionSpec.api]
        case .tasks: FunctionSpec.tasks
        case .waiting: FunctionSpec.waiting
        case .shard: [FunctionSpec.shard, FunctionSpec.share]
        case .steps: FunctionSpec.steps
        case .options: [FunctionSpec.options]
        case .asking: FunctionSpec.asking
        case .programs: [FunctionSpec.exec, FunctionSpec.dryRun]
        case .json: FunctionSpec.json
        case .csv: FunctionSpec.csv
        case .log: FunctionSpec.log
        case .time: FunctionSpec.time
        case .http: FunctionSpec.http
        case .secret: FunctionSpec.secret
        case .show: [FunctionSpec.show]
        case .progress: FunctionSpec.progress
        case .help: [FunctionSpec.help]
        }
    }
}

extension FunctionSpec {
    /// All functions that scripts can call, in the order of the reference.
    public static let all: [FunctionSpec] = FunctionGroup.allCases.flatMap(\.specs)
}

extension FunctionIndex.Entry {
    /// Its description.
    var spec: FunctionSpec { group.specs[place] }

    /// Its body.
    ///
    /// That of an operation needs no description: a run that calls one does not make those of all.
    var body: FunctionSpec.Body? {
        guard group == .operations, let operation = VSphere.Operation.named(name) else {
            return spec.body
        }
        return FunctionSpec.body(of: operation)
    }
}
