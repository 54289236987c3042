internal import Text
internal import VSphere

/// How many reads are asked for at once: as many as the vCenter answers without becoming slower, pure.
///
/// It begins as every run does, doubles the number while answers take as long as those before, and takes a third off
/// when they take much longer. Operations differ in what they cost, so each is compared with itself.
struct Pace {
    /// The most, whatever the vCenter bears.
    let most: Int
    /// How many now.
    private(set) var width: Int
    /// The mean of the first answers of an operation, in nanoseconds.
    private var usual: [String: (sum: Int64, count: Int64)] = [:]
    private var ratios = (sum: 0.0, count: 0)

    /// The most where nobody gave a limit: a vCenter has 300 threads for all its clients.
    static let usualMost = 128
    /// So many answers of an operation tell how long it takes.
    private static let samples: Int64 = 16

    init(limit: Int?) {
        most = limit ?? Self.usualMost
        width = min(most, ConnectionProfile.usualRequestLimit)
    }

    /// Takes note of an answer.
    /// - Parameters:
    ///   - operation: What was asked.
    ///   - time: How long it took.
    ///   - isBusy: Whether the vCenter said that it cannot answer so many.
    mutating func note(_ operation: String, took time: Duration, isBusy: Bool = false) {
        guard !isBusy else {
            width = max(1, width / 2)
            ratios = (0, 0)
            return
        }
        let taken = max(1, time.wholeNanoseconds)
        var known = usual[operation, default: (0, 0)]
        guard known.count >= Self.samples else {
            known.sum += taken
            known.count += 1
            usual[operation] = known
            return
        }
        ratios.sum += Double(taken) / (Double(known.sum) / Double(known.count))
        ratios.count += 1
        guard ratios.count >= width else { return }
        let mean = ratios.sum / Double(ratios.count)
        ratios = (0, 0)
        if mean < 1.5 {
            width = min(most, width * 2)
        } else if mean > 3 {
            width = max(min(most, ConnectionProfile.usualRequestLimit), width * 2 / 3)
        }
    }
}
