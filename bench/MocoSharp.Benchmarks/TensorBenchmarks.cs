using BenchmarkDotNet.Attributes;
using MocoSharp.Features;
using MocoSharp.Torch;

namespace MocoSharp.Benchmarks.Parts;

/// <summary>What one operator's call costs, and one block of the kNN search.</summary>
public class TensorBenchmarks
{
    private Tensor _one = null!;
    private FeatureSet _bank = null!, _queries = null!;

    [GlobalSetup]
    public void Prepare()
    {
        _one = TensorScope.Keep(static () => Tensor.RandomNormal([1]));
        float[] Values(int rows) => TensorScope.Keep(() => Tensor.RandomNormal([rows, 512])).ToArray<float>();
        string[] classes = ["a", "b"];
        _bank = new FeatureSet(Values(8192), 512, [.. Enumerable.Range(0, 8192).Select(static i => i % 2)], classes);
        _queries = new FeatureSet(Values(512), 512, [.. Enumerable.Range(0, 512).Select(static i => i % 2)], classes);
    }

    [Benchmark]
    public void Operator_call()
    {
        using TensorScope scope = TensorScope.Begin();
        _ = _one + _one;
    }

    [Benchmark]
    public double Knn_block() => new KnnClassifier().Evaluate(_bank, _queries).Accuracy;
}
