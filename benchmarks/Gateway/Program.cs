using Leash.Benchmarks.Gateway;

// Usage: Gateway [LEASH] [--large] [--quick] [ROW…]. Prints a table and, last, one JSON line. The first argument, the built leash, is not needed here.
switch (args)
{
    case ["origin", var directory]:
        await OriginServer.RunAsync(directory);
        return 0;
    case ["gateway", var port]:
        await GatewayHost.RunAsync(int.Parse(port));
        return 0;
    default:
        var options = args.SkipWhile(argument => argument.EndsWith("leash", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var unknown = options.Except(["--large", "--quick", .. Benchmark.Parts]).FirstOrDefault();
        if (unknown is not null)
        {
            Console.Error.WriteLine($"unknown: {unknown}\nusage: ./bench gateway [--quick] [--large] [{string.Join("] [", Benchmark.Parts)}]");
            return 2;
        }

        try
        {
            await Benchmark.RunAsync(options);
            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            Console.Error.WriteLine($"bench: {e.Message}");
            return 1;
        }
}
