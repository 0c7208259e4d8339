using System.Globalization;
using BenchmarkDotNet.Running;
using MocoSharp.Benchmarks;

// dotnet run -c Release --project bench/MocoSharp.Benchmarks -- --filter '*'
// dotnet run -c Release --project bench/MocoSharp.Benchmarks -- map FEATURES OUT SEED THREADS
if (args is ["map", string features, string to, string seed, string threads])
    MapProgram.Run(features, to, ulong.Parse(seed, CultureInfo.InvariantCulture), int.Parse(threads, CultureInfo.InvariantCulture));
else
    BenchmarkSwitcher.FromAssembly(typeof(MapProgram).Assembly).Run(args);
