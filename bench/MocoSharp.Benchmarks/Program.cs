using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/MocoSharp.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
