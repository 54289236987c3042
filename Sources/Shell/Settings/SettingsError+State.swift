internal import Journal
internal import Posix
internal import Text
internal import VSphere

extension SettingsError {
    /// Runs something with the journal.
    static func ofJournal<Result>(
        _ body: () throws(JournalError) -> Result
    ) throws(SettingsError) -> Result {
        do throws(JournalError) {
            return try body()
        } catch {
            throw SettingsError(
                Display.escape(error.message),
                hint: error.hint,
                exitCode: .cannotCreateState
            )
        }
    }

    /// Runs something with the state folder.
    static func ofState<Result>(
        _ body: () throws(PosixError) -> Result
    ) throws(SettingsError) -> Result {
        do throws(PosixError) {
            return try body()
        } catch {
            throw SettingsError(
                Display.escape(error.description),
                hint: StandardFolders.hint(on: "the locks"),
                exitCode: .cannotCreateState
            )
        }
    }
}
