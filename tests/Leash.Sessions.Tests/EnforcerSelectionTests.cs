using Leash.Sessions.Enforcers;

namespace Leash.Sessions.Tests;

public sealed class EnforcerSelectionTests
{
    [Theory]
    [InlineData("", "seccomp")]
    [InlineData("bpf-lsm", "seccomp")]
    [InlineData("bpf-cgroup", "seccomp + bpf-cgroup")]
    [InlineData("bpf-cgroup bpf-modify-return", "bpf-modify-return + bpf-cgroup")]
    [InlineData("bpf-cgroup bpf-modify-return bpf-lsm", "bpf-lsm + bpf-cgroup")]
    public void Auto_TakesTheBestThatWorks(string working, string expected) =>
        Assert.Equal(expected, EnforcerSelection.Choose("auto", new Trials(working)).Set.Name);

    [Fact]
    public void Auto_SaysWhyNothingBetterWasTaken()
    {
        var choice = EnforcerSelection.Choose("auto", new Trials("bpf-cgroup"));
        Assert.Equal(["bpf-lsm", "bpf-modify-return"], choice.Refusals.Select(refusal => refusal.Name));
        Assert.Empty(choice.ByPolicy);
    }

    [Fact]
    public void Auto_PolicyThatDoesNotFit_FallsBackAndNamesTheStatements()
    {
        var choice = EnforcerSelection.Choose("auto", new Trials("bpf-cgroup bpf-lsm") { Misfit = "bpf-lsm" });
        Assert.Equal("seccomp + bpf-cgroup", choice.Set.Name);
        Assert.Equal(["`a` has too many arguments"], choice.ByPolicy.Single().Trial.Statements);
    }

    [Fact]
    public void Seccomp_TriesNothingElse() =>
        Assert.Equal("seccomp", EnforcerSelection.Choose("seccomp", new Trials("bpf-cgroup bpf-lsm")).Set.Name);

    [Theory]
    [InlineData("bpf-cgroup", "seccomp + bpf-cgroup")]
    [InlineData("bpf-lsm", "bpf-lsm + bpf-cgroup")]
    [InlineData("bpf-modify-return", "bpf-modify-return + bpf-cgroup")]
    public void ByName_IsTaken(string name, string expected) =>
        Assert.Equal(expected, EnforcerSelection.Choose(name, new Trials("bpf-cgroup bpf-lsm bpf-modify-return")).Set.Name);

    [Theory]
    [InlineData("bpf-cgroup", "", "the enforcer `bpf-cgroup` cannot be had: no bpf-cgroup here")]
    [InlineData("bpf-lsm", "bpf-cgroup", "the enforcer `bpf-lsm` cannot be had: no bpf-lsm here")]
    [InlineData("bpf-lsm", "bpf-lsm", "the enforcer `bpf-lsm` cannot be had: no bpf-cgroup here")]
    public void ByName_ThatDoesNotWork_StopsTheStart(string name, string working, string message) =>
        Assert.Equal(message, Assert.Throws<SessionException>(() => EnforcerSelection.Choose(name, new Trials(working))).Message);

    [Fact]
    public void ByName_PolicyThatDoesNotFit_StopsTheStartAndNamesTheStatements()
    {
        var trials = new Trials("bpf-cgroup bpf-lsm") { Misfit = "bpf-lsm" };
        var failure = Assert.Throws<SessionException>(() => EnforcerSelection.Choose("bpf-lsm", trials));
        Assert.EndsWith("\n  `a` has too many arguments", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Trials(string working) : IEnforcerTrials
    {
        public string? Misfit { get; init; }

        public EnforcerTrial TryFiles(FileEnforcer files) => working.Contains("bpf-cgroup", StringComparison.Ordinal) ? Try(EnforcerSet.NameOf(files)) : TryNetwork();

        public EnforcerTrial TryNetwork() => Try("bpf-cgroup");

        private EnforcerTrial Try(string name) =>
            name == Misfit ? EnforcerTrial.Refused("the policy does not fit") with { Statements = ["`a` has too many arguments"] }
            : working.Split(' ').Contains(name) ? new EnforcerTrial(true, "works")
            : EnforcerTrial.Refused($"no {name} here");
    }
}
