internal import Changes
internal import Journal
internal import Text
internal import VSphere

extension OperationRecord {
    /// One line for a person: `5f3c0a1b rollback golden/rhel-9 (5f3c…), version 1 at vc - done`.
    var line: String {
        let words = [
            RecordName.short(identifier), operation, Display.escape(subject), "at",
            Display.escape(vcenter), "- " + state,
        ]
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Its outcome, in words.
    var state: String {
        var text: String
        switch outcome {
        case .done: text = "done"
        case .rejected: text = "refused"
        case .notSent: text = "not sent"
        case .conflict: text = "conflict, it did not happen"
        case .notSeen: text = "taken to be lost"
        case .resolvedDone: text = "done"
        case .resolvedNotApplied: text = "not applied"
        case .unknown, nil: text = "still unknown"
        }
        if let made { text += " (\(made))" }
        if let explanation {
            // An error tells what it is about, as does the line.
            let start = "\(operation) (\(subject)) at \(vcenter): "
            text += ": " + explanation.dropFirst(explanation.hasPrefix(start) ? start.count : 0)
        }
        return text
    }

    /// The result: `version 3 → 4` where a version was made, else as it is.
    private var made: String? {
        guard let result else { return nil }
        let new = Display.escape(result)
        guard
            VSphere.Operation.named(operation)?.effect?.kind(action: nil)?
                .leavesMessage == true, let latestBefore
        else { return new }
        return "version \(Display.escape(latestBefore)) → \(new)"
    }
}
