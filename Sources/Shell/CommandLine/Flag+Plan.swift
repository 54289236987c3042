internal import VSphere

/// The options for plans that are kept.
extension Flag {
    static let planOut = Flag(
        .planOut,
        "plan-out",
        .path,
        "FILE",
        in: .safety,
        "With --dry-run: write the plan to FILE.",
        detail: """
            As JSON, readable by its owner only, in one step, where the script has ended with 0. It keeps no \
            secrets: vmoon apply FILE runs the script again, held to the plan. A FILE with something else in it is \
            refused (\(ExitCode.usage.rawValue)); one that cannot be written makes the run end with \(ExitCode.outputFailed.rawValue).
            """
    )

    static let plan = Flag(
        .plan,
        "plan",
        .path,
        "FILE",
        in: .safety,
        "Hold the run to the plan in FILE.",
        detail: """
            Script and arguments have to be those of the plan. A change that is not in it raises an error of kind \
            forbidden_by_policy; one whose item, machine or name is no longer as planned raises conflict, and says \
            what has moved. Each planned change is used once; what was not done is listed at the end, and the run \
            then ends with \(ExitCode.scriptError.rawValue) if nothing else went wrong.
            """
    )

    static let showPlan = Flag(
        .showPlan,
        "show",
        in: .output,
        "Print the plan, and run nothing."
    )

    /// The options of a run that `vmoon apply` takes: all but those that the plan decides.
    static var ofHeldRuns: [Flag] {
        let others: [Option] = [.dryRun, .planOut, .plan, .readOnly, .sim, .record, .replay]
        let categories: [Category] = [.limits, .safety, .unattended, .output]
        return all.filter {
            $0.availability == .scripts && categories.contains($0.category)
                && !others.contains($0.option)
        }
    }
}
