using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>With no policy given, what developers and agents do all day behaves as without leash.</summary>
public sealed class WorkloadTests
{
    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Git_BehavesAsBare(Account account) => await Workload.BehavesAsBareAsync(account, """
        set -e
        mkdir origin && cd origin && git init -q && echo one >a && git add a && git commit -qm first && cd ..
        git clone -q origin copy && cd copy
        echo two >b && mkdir d && echo three >d/c && git add . && git status --short
        git commit -qm second && git log --format='%h %s' && git status
        git config user.email other@example.com && git checkout -qb side && git mv b e && git commit -qam third
        git checkout -q main && git merge -q side && git stash list && git gc -q && git fsck --no-progress
        git push -q origin side && git -C ../origin branch
        git worktree add -q ../tree side && git -C ../tree status --short --branch && ls .git/hooks
        """);

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task MakeAndGcc_BehaveAsBare(Account account) => await Workload.BehavesAsBareAsync(
        account, "make -s -j2 && ./hello && gcc -shared -fPIC -o libhello.so hello.c && make -s clean && ls", place =>
        {
            place.Write("hello.c", "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n");
            place.Write("Makefile", "hello: hello.o\n\t$(CC) -o $@ $^\nhello.o: hello.c\n\t$(CC) -O1 -g -c -o $@ $<\nclean:\n\trm -f hello hello.o\n");
        });

    /// <summary>A program that is still open for writing anywhere cannot be executed: leash must have let go of it.</summary>
    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task ProgramWrittenAndRunAtOnce_IsNeverBusy(Account account) => await Workload.BehavesAsBareAsync(
        account, "for i in $(seq 200); do printf '#!/bin/sh\necho %s\n' $i >script && chmod +x script && ./script || exit; done");

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task PythonVenv_BehavesAsBare(Account account) => await Workload.BehavesAsBareAsync(account, """
        set -e
        python3 -m venv --copies venv && venv/bin/python -c 'import sys, ssl, json, sqlite3; print(sys.prefix)'
        python3 -m venv linked && . linked/bin/activate && python -m pip --version && python -c 'import multiprocessing as m; print(m.Value("i", 3).value)'
        """);

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Dotnet_BehavesAsBare(Account account) => await Workload.BehavesAsBareAsync(
        account, """
        export DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK=1 # root's SDK tries to write to its installation
        cd app && dotnet new console --no-update-check >/dev/null && dotnet run && dotnet build --nologo | grep -E 'Warn|Error|succeeded' && ls bin/Debug
        """,
        place => place.Write("app/.keep", ""), seconds: 300);

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task NpmInstall_BehavesAsBare(Account account) => await Workload.BehavesAsBareAsync(
        account, """
        set -e
        npm config get registry >/dev/null
        npm install --no-audit --no-fund --no-update-notifier --loglevel=error semver@7.6.3 >/dev/null
        node -e 'console.log(require("semver").inc("1.2.3", "minor"))' && npx --no-install semver 1.2.3 -i major && npm ls
        """,
        place => place.Write("package.json", "{ \"name\": \"app\", \"version\": \"1.0.0\", \"private\": true }\n"), needsNetwork: true);

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Vim_BehavesAsBare(Account account) => await Workload.BehavesAsBareAsync(
        account, "vim -es -u NONE -c '%s/one/two/' -c wq text; echo $?; cat text; vim -E -s -c 'normal ithree' -c 'w! new' -c 'qa!' text; echo $?; cat new",
        place => place.Write("text", "one\n"));

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Tmux_RunsASessionOfItsOwn(Account account) => await Workload.BehavesAsBareAsync(account, """
        export SHELL=/bin/sh # without it tmux takes the account's, which may let nobody in
        [ -n "$LEASH_SESSION" ] || export TMUX_TMPDIR=$PWD # a session has a place of its own for it
        tmux -f /dev/null new-session -d -s keep cat
        tmux new-session -d -s work 'tty >/dev/null && echo inside >out; tmux wait-for -S done'
        timeout 20 tmux wait-for done; cat out
        tmux send-keys -t keep 'typed' Enter && sleep 0.7 && tmux capture-pane -p -t keep | head -2
        tmux kill-server; sleep 0.2; rm -rf tmux-*; ls
        """);

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task ShellPipesAndJobs_BehaveAsBare(Account account) => await Workload.BehavesAsBareAsync(account, """
        set -m
        seq 1 100000 | grep 7 | sort -rn | head -3
        echo "${PIPESTATUS[@]}"
        sleep 60 & jobs %1 | sed 's/^\S* *//'; kill -STOP %1; sleep 0.3; jobs -s | wc -l; kill -CONT %1; kill %1; wait %1; echo "ended $?"
        (exit 7); echo $?; diff <(echo a) <(echo b); cat <<<here; mkfifo pipe; (echo through >pipe &); cat pipe
        trap 'echo trapped' USR1; kill -USR1 $$; head -c 300000 /dev/zero | tr '\0' x | wc -c; exec 5<>/dev/null; echo $?
        ulimit -c 0; umask 027; touch narrow; stat -c %a narrow; test -t 0; echo $?
        """);

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Terminal_IsTheCommandsOwn(Account account)
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/script"), "`script` is not installed");
        using var place = new Place(account);
        var command = $"{Product.Program} --quiet -- bash -c 'test -t 0 && test -t 1 && tty && stty size && ps -o tty= -p $$'";
        var ran = await place.RunAsync(["script", "-qec", $"stty rows 33 cols 99; {command}", "/dev/null"]);
        Assert.True(ran.Exit == 0, ran.ToString());
        Assert.Contains("/dev/pts/", ran.Out, StringComparison.Ordinal);
        Assert.Contains("33 99", ran.Out, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task ExitCodesAndBinaryStreams_AreTheCommandsOwn(Account account)
    {
        using var place = new Place(account);
        foreach (var (script, exit) in new[] { ("exit 0", 0), ("exit 42", 42), ("kill -9 $$", 137), ("kill -TERM $$", 143) })
        {
            var ran = await place.QuietAsync(script);
            Assert.True(ran.Exit == exit, $"{script}: {ran}");
        }

        var input = string.Concat(Enumerable.Range(0, 100_000).Select(i => (char)('a' + (i % 26)))) + "\0\n\r\n";
        var echoed = await place.LeashAsync(["--quiet", "--", "cat"], input);
        Assert.Equal(0, echoed.Exit);
        Assert.Equal(input, echoed.Out);
        Assert.Equal("", echoed.Error);
        Assert.Equal(127, (await place.LeashAsync(["--quiet", "--", "no-such-program"])).Exit);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Descriptors_AreThreeAndVariablesThoseOfTheCaller(Account account)
    {
        using var place = new Place(account);
        var ran = await place.LeashAsync(["--quiet", "--", "ls", "/proc/self/fd"]);
        Assert.True(ran.Out == "0\n1\n2\n3\n", ran.ToString()); // 3 is the directory that ls lists
        const string OfTheNetwork = "SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|CARGO_HTTP_CAINFO|PIP_CERT|AWS_CA_BUNDLE"
            + "|GRPC_DEFAULT_SSL_ROOTS_FILE_PATH|NIX_SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|DENO_CERT|GRPC_DNS_RESOLVER";
        await Workload.BehavesAsBareAsync(account, $"env | cut -d= -f1 | grep -vE '^(LEASH|LEASH_SESSION|TMUX_TMPDIR|{OfTheNetwork})$' | sort");
    }
}
