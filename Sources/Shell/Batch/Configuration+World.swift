internal import Bindings
internal import Text

extension Runtime.Configuration {
    /// Sets how values and bars are shown, depending on the streams, and what scripts use of this machine.
    mutating func show(on world: World, _ options: RunOptions) {
        let (output, error) = (world.output, world.error)
        columns = { output.isTerminal ? output.width : nil }
        usesColor = options.usesColor(isTerminal: output.isTerminal)
        answersYes = options.answersYes
        zone = { TimeZone(named: $0, in: world) }
        writeFile = world.replaceFile
        terminal = Terminal(
            columns: { world.canRedrawErrorLine ? error.width : nil },
            write: { text in try? error.write(Array(text.utf8)) }
        )
    }
}
