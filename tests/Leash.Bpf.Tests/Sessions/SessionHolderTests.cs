using Leash.Audit;
using Leash.Bpf.Events;
using Leash.Bpf.Sessions;
using Leash.Bpf.Tests.Events;
using Leash.Plan;

namespace Leash.Bpf.Tests.Sessions;

public sealed class SessionHolderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-holder-");
    private readonly FakeKernel _kernel = new();
    private readonly Log _log = new();
    private readonly PreparedPlan _first;

    public SessionHolderTests()
    {
        _first = FakePlans.Of(_kernel, 1, "/bin/a");
        _kernel.SetPending(_first.Pages.Span);
        _kernel.CommitPending();
    }

    public void Dispose()
    {
        _kernel.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Events_AreRecorded_AndThenReleased()
    {
        using SessionHolder holder = Hold();
        for (int i = 0; i < 5000; i++)
        {
            _kernel.Emit(Denial($"/w/{i}"));
        }

        holder.CatchUp();
        Assert.Equal(5000, _log.Lines.Count);
        Assert.Equal(0, _kernel.Unreleased);
    }

    [Fact]
    public async Task EventsWithoutEnd_KeepNoCommandWaiting()
    {
        _log.BeforeFlush = () => _kernel.Emit(Denial("/w/again"));
        using SessionHolder holder = Hold();
        Task waiting = Task.Run(holder.CatchUp, TestContext.Current.CancellationToken);
        try
        {
            await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
        finally
        {
            _log.BeforeFlush = null;
        }
    }

    [Fact]
    public void NextHolder_ReadsAgainWhatWasNotReleased()
    {
        _log.BeforeFlush = () => throw new IOException("as if killed");
        using (SessionHolder holder = Hold())
        {
            _kernel.Emit(Denial("/w/a"));
            Assert.Throws<IOException>(holder.CatchUp);
        }

        _kernel.Reopen();
        _log.BeforeFlush = null;
        using SessionHolder next = Hold();
        next.CatchUp();
        Assert.Equal(2, _log.Lines.Count(line => line.Contains("/w/a", StringComparison.Ordinal)));
    }

    [Fact]
    public void NextHolder_KnowsWhatProcessesRun()
    {
        FakeTask shell = _kernel.Start();
        using (SessionHolder holder = Hold())
        {
            _kernel.Exec(shell, "/bin/a");
            _kernel.Exec(shell, "/bin/b");
            holder.CatchUp();
        }

        using SessionHolder next = Hold();
        _kernel.Emit(Denial("/w/a", shell.ExecId));
        next.CatchUp();
        Assert.EndsWith("by=/bin/b", _log.Lines[^1], StringComparison.Ordinal);

        PreparedPlan second = FakePlans.Of(_kernel, 2, "/bin/a", "/bin/b");
        Assert.Equal(new SwapResult(2, 0), next.Apply(second));
        PlanDecider decider = second.Generation.Decider;
        int expected = decider.MovePrincipal(decider.MovePrincipal(0, "/bin/a"u8, []), "/bin/b"u8, []);
        Assert.Equal((uint)expected, _kernel.Decide(shell).Principal);
    }

    [Fact]
    public void JournalThatWasCutOff_KeepsItsWholeRecords()
    {
        FakeTask shell = _kernel.Start();
        using (SessionHolder holder = Hold())
        {
            _kernel.Exec(shell, "/bin/a");
            holder.CatchUp();
        }

        File.AppendAllText(JournalPath, "cut");
        using SessionHolder next = Hold();
        _kernel.Exec(shell, "/bin/b");
        _kernel.Emit(Denial("/w/a", shell.ExecId));
        next.CatchUp();
        Assert.EndsWith("by=/bin/b", _log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void LogThatCannotBeWritten_FreezesTheSession()
    {
        _log.BeforeFlush = () => throw new IOException("no space");
        Exception? told = null;
        using SessionHolder holder = Hold(failure => told = failure);
        _kernel.Emit(Denial("/w/a"));
        Assert.Throws<IOException>(holder.CatchUp);
        Assert.True(SpinWait.SpinUntil(() => told is not null, TimeSpan.FromSeconds(5)));
        Assert.True(_kernel.IsFrozen);
        Assert.Throws<IOException>(() => holder.Apply(FakePlans.Of(_kernel, 2)));
    }

    [Fact]
    public void Counters_AreReported_FromWhereTheHolderBeforeStopped()
    {
        _kernel.Counters[KernelCounter.DeniedDropped] = 3;
        using (SessionHolder holder = Hold())
        {
            holder.CatchUp();
        }

        _kernel.Counters[KernelCounter.DeniedDropped] = 5;
        ulong[] reported = new ulong[KernelCounter.Count];
        reported[KernelCounter.DeniedDropped] = 3;
        using SessionHolder next = Hold(reported: reported);
        next.CatchUp();
        Assert.Equal(["x3", "x2"], _log.Lines.Select(line => line.Split(' ')[4]));
    }

    [Fact]
    public void SupervisedSession_OnlyDenialsAreRecorded_LostOnesToo()
    {
        _kernel.Counters[KernelCounter.AllowedDropped] = 9;
        _kernel.Counters[KernelCounter.DeniedDropped] = 4;
        using SessionHolder holder = new(
            new Borrowed(_kernel), new HolderSetup { Log = new SharedLog(_log), InForce = _first.Generation, IsSupervised = true }, TimeProvider.System);
        _kernel.Emit(new SampleBuilder { Path = "/w/allowed", Verdict = EventVerdict.Allow }.Build());
        _kernel.Emit(Denial("/w/denied"));
        holder.CatchUp();
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("/w/denied", _log.Lines[0], StringComparison.Ordinal);
        Assert.Contains("x4", _log.Lines[1], StringComparison.Ordinal);
        Assert.Equal(0, _kernel.Unreleased);
    }

    [Fact]
    public void ReportedCounters_AreReadFromTheLogItself()
    {
        string path = Path.Join(_directory.FullName, "audit.jsonl");
        ulong[] totals = new ulong[KernelCounter.Count];
        for (int i = 0; i < KernelCounter.Count; i++)
        {
            totals[i] = (ulong)(i * i);
        }

        using (AuditWriter writer = new(path, Headers.Any, TimeProvider.System))
        {
            CounterReport report = new(writer);
            report.Write(totals);
            totals[KernelCounter.DeniedDropped] += 7;
            report.Write(totals);
        }

        using FileStream log = File.OpenRead(path);
        ulong[] reported = CounterReport.ReportedIn(AuditReader.ReadEntries(log), totals);
        Assert.Equal(totals.AsSpan(1), reported.AsSpan(1));
    }

    [Fact]
    public void End_RecordsTheRest_AndRemovesClasses()
    {
        FakeTask shell = _kernel.Start();
        using SessionHolder holder = Hold();
        _kernel.Exec(shell, "/bin/a");
        holder.Apply(FakePlans.Of(_kernel, 2, "/bin/a", "/bin/b"));
        _kernel.Emit(Denial("/w/last", shell.ExecId));
        holder.End();
        Assert.Contains("/w/last", _log.Lines[^1], StringComparison.Ordinal);
        Assert.True(_kernel.HasEnded);
        Assert.Equal(0, _kernel.ClassCount);
    }

    [Fact]
    public void Ended_ReportsNothingMore_AlthoughItIsTime()
    {
        using SessionHolder holder = Hold(time: new Rushing());
        _kernel.Counters[KernelCounter.AllowedCoalesced] = 9;
        holder.End();

        // By then they are the counters of the next session in its place.
        Assert.Equal(0UL, _kernel.Counters[KernelCounter.AllowedCoalesced]);
        Assert.Throws<ObjectDisposedException>(holder.CatchUp);
        Assert.Equal("x9", Assert.Single(_log.Lines).Split(' ')[4]);
        Assert.False(_kernel.IsFrozen);
    }

    [Fact]
    public void EndThatFailed_IsTriedAgain()
    {
        using SessionHolder holder = Hold(time: new Rushing());
        _kernel.BeforeStep = step => throw new IOException(step);
        Assert.Throws<IOException>(holder.End);
        Assert.False(_kernel.HasEnded);
        _kernel.BeforeStep = null;
        holder.End();
        Assert.True(_kernel.HasEnded);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void SessionThatCannotBeFrozen_IsStillReported()
    {
        Exception? told = null;
        _log.BeforeFlush = () => throw new IOException("no space");
        _kernel.BeforeStep = step => throw new InvalidOperationException(step);
        using SessionHolder holder = Hold(failure => told = failure);
        _kernel.Emit(Denial("/w/a"));
        Assert.True(SpinWait.SpinUntil(() => told is not null, TimeSpan.FromSeconds(5)));
        Assert.Contains("no space", told!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CountersThatGoBack_FreezeTheSession()
    {
        Exception? told = null;
        _kernel.Counters[KernelCounter.AllowedCoalesced] = 9;
        using SessionHolder holder = Hold(failure => told = failure, time: new Rushing());
        holder.CatchUp();
        _kernel.Counters[KernelCounter.AllowedCoalesced] = 8;
        Assert.True(SpinWait.SpinUntil(() => told is not null, TimeSpan.FromSeconds(5)));
        Assert.IsType<InvalidDataException>(told);
        Assert.True(_kernel.IsFrozen);
        Assert.Single(_log.Lines);
    }

    private string JournalPath => Path.Join(_directory.FullName, "execs");

    private SessionHolder Hold(Action<Exception>? onFailure = null, ulong[]? reported = null, TimeProvider? time = null) => new(
        new Borrowed(_kernel), new HolderSetup { Log = _log, InForce = _first.Generation, JournalPath = JournalPath, ReportedCounters = reported ?? [] },
        time ?? TimeProvider.System, onFailure);

    private static byte[] Denial(string path, ulong execId = 0) => new SampleBuilder { Path = path, ExecId = execId }.Build();

    /// <summary>Whenever somebody looks, a minute has passed.</summary>
    private sealed class Rushing : TimeProvider
    {
        private long _minutes;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 60 * Interlocked.Increment(ref _minutes);
    }

    private sealed class Log : IHeldLog
    {
        private readonly RecordedAudit _audit = new();

        public Action? BeforeFlush { get; set; }

        public IReadOnlyList<string> Lines => _audit.Lines;

        public void Record(in AuditRecord record) => _audit.Record(record);

        public void Flush() => BeforeFlush?.Invoke();
    }

    /// <summary>The kernel outlives its holders.</summary>
    private sealed class Borrowed(FakeKernel kernel) : ISessionKernel
    {
        public void SetPending(ReadOnlySpan<byte> pages) => kernel.SetPending(pages);

        public void CommitPending() => kernel.CommitPending();

        public void AbandonPending() => kernel.AbandonPending();

        public bool TryEnterClass(ulong generation, ulong execId, uint principal) => kernel.TryEnterClass(generation, execId, principal);

        public void RemoveClass(ulong generation, ulong execId) => kernel.RemoveClass(generation, execId);

        public void AwaitPrograms() => kernel.AwaitPrograms();

        public IReadOnlySet<ulong> LivingExecs() => kernel.LivingExecs();

        public void ReadCounters(Span<ulong> totals) => kernel.ReadCounters(totals);

        public void Wait(int milliseconds, int wake) => kernel.Wait(milliseconds, wake);

        public ulong EventsEnd => kernel.EventsEnd;

        public int Read(SampleHandler handler, int limit, ulong end) => kernel.Read(handler, limit, end);

        public void Release() => kernel.Release();

        public void Freeze() => kernel.Freeze();

        public void End() => kernel.End();

        public void Dispose()
        {
        }
    }
}
