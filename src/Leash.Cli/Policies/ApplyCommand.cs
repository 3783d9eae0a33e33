using Leash.Cli.Daemon;

namespace Leash.Cli.Policies;

/// <summary><c>leash policy apply</c>: new policies for a session that runs.</summary>
internal static class ApplyCommand
{
    /// <summary>The exit code.</summary>
    /// <param name="terminal">Where to tell.</param>
    /// <param name="place">Where sessions are found.</param>
    /// <param name="files">Cedar files.</param>
    /// <param name="session">A session's id or the beginning of one; null for the only one.</param>
    public static int Run(Terminal terminal, DaemonPlace place, string[] files, string? session)
    {
        if (PolicyTexts.Load([.. files], terminal.Fail) is not { } documents)
        {
            return CliExit.Usage;
        }

        string[] ids;
        try
        {
            ids = [.. place.Sessions().Where(id => session is null || id.StartsWith(session, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ids = [];
        }

        if (ids.Length != 1)
        {
            terminal.Fail(
                ids.Length == 0 ? "there is no such session that can take policies while it runs" : $"which session? {string.Join(", ", ids)}",
                ids.Length == 0 ? "whoever runs a session may change its policies" : "`--session` takes an id or the beginning of one");
            return CliExit.Negative;
        }

        return Tell(terminal, ids[0], PolicyControl.Ask(place.ControlOf(ids[0]), documents));
    }

    private static int Tell(Terminal terminal, string id, ControlReply? reply)
    {
        if (reply is null)
        {
            terminal.Fail($"the session {id} has ended");
            return CliExit.Negative;
        }

        if (reply.Error is { } error)
        {
            terminal.Fail(error);
            foreach (var detail in reply.Details)
            {
                terminal.Error.WriteLine($"  {detail}");
            }

            return CliExit.Negative;
        }

        terminal.Out.WriteLine($"the policies of the session {id} are in force");
        if (reply.Unknown > 0)
        {
            terminal.Error.WriteLine($"  {reply.Unknown} running programs are denied everything: their start was not recorded (a full event buffer)");
        }

        terminal.Out.Flush();
        return CliExit.Success;
    }
}
