/// A progress object of a script: a meter, and the stream it is shown on.
final class ProgressBar {
    private var meter: ProgressMeter
    private let terminal: Terminal
    private let clock: () -> Duration
    private var isClosed = false
    /// Whether the bar is in the last line of the terminal.
    private var isVisible = false

    init(_ meter: ProgressMeter, _ terminal: Terminal, clock: @escaping () -> Duration) {
        self.meter = meter
        self.terminal = terminal
        self.clock = clock
        show()
    }

    /// The text for `tostring`.
    var description: String { "progress \(meter.line)" }

    /// Counts steps, unless it is closed.
    func step(_ count: Int) {
        guard !isClosed else { return }
        meter.step(count)
        show()
    }

    /// Shows the last state and ends the line.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        isVisible = false
        if let columns = terminal.columns() {
            terminal.write("\r\(meter.bar(width: columns, at: clock()))\u{1B}[K\n")
        } else if !meter.isComplete {
            terminal.write(meter.line + "\n")
        }
    }

    /// Removes the bar from the terminal, so that other text can be written.
    func hide() {
        guard isVisible, terminal.columns() != nil else { return }
        terminal.write("\r\u{1B}[K")
    }

    /// Draws the bar again.
    func reappear() {
        guard isVisible, let columns = terminal.columns() else { return }
        terminal.write("\r\(meter.bar(width: columns, at: clock()))\u{1B}[K")
    }

    private func show() {
        let now = clock()
        if let columns = terminal.columns() {
            guard meter.isBarDue(at: now) else { return }
            isVisible = true
            terminal.write("\r\(meter.bar(width: columns, at: now))\u{1B}[K")
        } else if meter.isLineDue(at: now) {
            terminal.write(meter.line + "\n")
        }
    }
}
