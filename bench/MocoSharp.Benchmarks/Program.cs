using System.Globalization;
using BenchmarkDotNet.Running;
using MocoSharp.Benchmarks;

// dotnet run -c Release --project bench/MocoSharp.Benchmarks -- --filter '*'
// dotnet run -c Release --project bench/MocoSharp.Benchmarks -- map FEATURES OUT SEED THREADS
// dotnet run -c Release --project bench/MocoSharp.Benchmarks -- inference ENCODER SIDE BATCH THREADS CALLERS CALLS TURNS OUT
// dotnet run -c Release --project bench/MocoSharp.Benchmarks -- search ROWS.npy QUERIES.npy exact|fp32|int8 REPEATS OUT
if (args is ["map", string features, string to, string seed, string threads])
    MapProgram.Run(features, to, ulong.Parse(seed, CultureInfo.InvariantCulture), int.Parse(threads, CultureInfo.InvariantCulture));
else if (args is ["search", string rows, string queries, string index, string repeats, string document])
    SearchProgram.Run(rows, queries, index, int.Parse(repeats, CultureInfo.InvariantCulture), document);
else if (args is ["inference", string encoder, string side, string batch, string processors, string callers, string calls, string turns,
    string written])
    new InferenceProgram(encoder, Number(side), Number(batch), Number(processors), Number(callers), Number(calls))
        .Run(Number(turns), written);
else
    BenchmarkSwitcher.FromAssembly(typeof(MapProgram).Assembly).Run(args);

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
