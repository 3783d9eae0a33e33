namespace Leash.Cli.CommandLine;

/// <summary>What <c>leash --help</c> prints.</summary>
internal static class HelpText
{
    public const string Text =
        """
        leash runs a command under a Cedar policy: everything it does on this machine is decided and recorded.

        Usage:
          leash [flags] [--] COMMAND [ARG…]        run a command; what follows it belongs to it
          leash policy validate FILE…              check policies
          leash policy explain ACTION RESOURCE     what is decided about one request, and why
          leash policy apply FILE…                 change the policies of a running session
          leash policy schema                      print the Cedar schema of the vocabulary
          leash audit show [SESSION]               what a session did
          leash audit verify [SESSION]             whether its log is complete and unchanged
          leash ca show|export|rotate              the authority that opens HTTPS in sessions
          leash doctor                             what this machine can enforce, each claim tried

        Flags:
          --policy FILE          a Cedar policy in addition to the base layer; may be repeated.
                                 Without one, the built-in standard policy applies
          --mode MODE            enforce (default), shadow (denials are logged and happen), record (all is logged)
          --enforcer NAME        auto (default): the best that works here, files and network chosen separately; or
                                 bpf-lsm, bpf-modify-return (all in the kernel), bpf-cgroup (the network in the
                                 kernel, files by seccomp), seccomp (all by a supervisor). A name that cannot be had
                                 stops the start; `leash doctor` says what can
          --workspace DIR        the directory that the policy calls ${workspace} (default: the current one)
          -e, --env KEY=VALUE    set a variable for the command; `-e KEY` passes leash's own value on
          -v, --volume SRC:DST[:ro]
                                 show a file or directory at another place
          --dns ADDRESS[:PORT]   name servers to ask (default: those of the machine); may be repeated
          --gateway on|off       HTTP is opened, decided by request and recorded (default), or not looked at; then
                                 policies about HTTP are refused
          --secret NAME=SOURCE   where `${secret:NAME}` of a policy is found: env:VARIABLE, file:PATH (its line
                                 NAME=value) or command:COMMAND (its first line); may be repeated. The command's
                                 environment is made without the variable
          --placeholder VARIABLE[=HOST[:HEADER]]
                                 the command gets a placeholder in VARIABLE, and HOST gets the real value where the
                                 placeholder is in HEADER (default: Authorization), over verified TLS only. For
                                 ANTHROPIC_API_KEY, OPENAI_API_KEY, GITHUB_TOKEN and others the host is known;
                                 may be repeated
          --passthrough HOST     TLS to HOST, or to all below *.HOST, stays closed: it is decided by name; may be
                                 repeated
          --trust FILE           certificates (PEM) of authorities that hosts may be signed by, besides the machine's;
                                 may be repeated
          --log-queries          the log has the values in the queries of requests; without it, `***`
          --all-events           record every allowed operation; without it, programs in the kernel report the first
                                 of a kind (same program, file and access). The supervisor always records all
          -I, --no-interactive   no terminal of its own for the command, no questions
          -V, --verbose          the protection report at the start, and more in the summary
          -q, --quiet            no first line and no summary
          --version              print the version
          -h, --help             print this

        Environment:
          LEASH_POLICY_FILE      a policy file, when --policy is not given
          NO_COLOR               no colours
          XDG_STATE_HOME         logs go to $XDG_STATE_HOME/leash/sessions (default: ~/.local/state)

        Exit code: the command's, or 128 + the signal that ended it; 2 for mistakes on the command line or in a
        policy, 125 when leash itself fails, 126 when the command cannot be executed, 127 when it is not found.

        Examples:
          leash claude                             an agent in the current directory, standard policy
          leash --policy ci.cedar -I -- npm test   CI
          leash --placeholder ANTHROPIC_API_KEY claude
                                                   the agent works without ever seeing its key
          leash --mode shadow -- make              see what a policy would deny, without denying it

        """;
}
