namespace Cedar.Fuzz.Fuzzing;

/// <summary>Something that reads input.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Mutator">Makes inputs.</param>
/// <param name="Check">Reads one; returns what is wrong with the outcome, or null. Has to be quick and must not throw.</param>
internal sealed record FuzzTarget(string Name, InputMutator Mutator, Func<string, string?> Check);

/// <summary>An input that shows a mistake.</summary>
internal sealed record FuzzFailure(string Target, string Input, string What);
