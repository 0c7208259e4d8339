using System.Globalization;
using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Torch.Tests;

/// <summary>A training loop neither leaks tensors nor memory, and asks the system for no memory once it has warmed up.</summary>
/// <remarks>The long run: <c>MOCOSHARP_LEAK_STEPS=10000 ./test --filter-method "*LeakRun*"</c>.</remarks>
public sealed class LeakTests : TensorTest
{
    private const int WarmUp = 100, Windows = 3;
    private const long MostGrowth = 8 << 20;

    [Fact]
    public void Six_hundred_steps_end_with_the_tensors_and_the_memory_of_step_one_hundred() => Run(steps: 600);

    [Fact]
    public void LeakRun_of_ten_thousand_steps()
    {
        string? steps = Environment.GetEnvironmentVariable("MOCOSHARP_LEAK_STEPS");
        Assert.SkipWhen(steps is null, "set MOCOSHARP_LEAK_STEPS=10000 to run it");
        Run(int.Parse(steps!, CultureInfo.InvariantCulture));
    }

    private static void Run(int steps)
    {
        int threads = Runtime.Threads;
        Runtime.Threads = 1;                           // on a busy machine two threads would wait for each other most of the time
        try
        {
            Measure(steps);
        }
        finally
        {
            Runtime.Threads = threads;
        }
    }

    private static void Measure(int steps)
    {
        using Sequential network = Network();
        using Adam optimizer = new(ParameterGroup.Of(network.Parameters(), 1e-4, decayNormsAndBiases: false));
        using Training training = new(network, optimizer);
        training.Steps(WarmUp);
        long live = Tensor.Live, system = Runtime.SystemAllocations, grown = long.MaxValue;
        double faultsAStep = 0;
        // a leak grows in every window; what .NET takes for itself (compiled code, its heap's regions) does not
        for (int window = 0; window < Windows && grown >= MostGrowth; window++)
        {
            long native = ProcessMemory.NativeBytes(), faults = ProcessMemory.MinorFaults();
            training.Steps(steps - WarmUp);
            grown = ProcessMemory.NativeBytes() - native;
            faultsAStep = (ProcessMemory.MinorFaults() - faults) / (double)(steps - WarmUp);
        }
        Assert.Equal(live, Tensor.Live);
        Assert.True(grown < MostGrowth, $"memory outside of the managed heap grew by {grown >> 10} KiB in {steps - WarmUp} steps");
        Assert.Equal(system, Runtime.SystemAllocations);
        Assert.True(faultsAStep < 50, $"{faultsAStep:F1} page faults a step");      // one map alone has 64 pages
    }

    private static Sequential Network() => new()
    {
        { "conv1", new Conv2d(3, 16, 3, padding: 1) }, { "bn1", new BatchNorm2d(16) }, { "relu", new Relu() },
        { "conv2", new Conv2d(16, 16, 3, stride: 2, padding: 1) }, { "bn2", new SplitBatchNorm2d(16, 4) },
        { "pool", new GlobalAveragePool() }, { "fc", new Linear(16, 10) },
    };

    private sealed class Training(Sequential network, Optimizer optimizer) : IDisposable
    {
        private readonly Tensor _labels = (Tensor.Arange(16) * 0).DetachFromScope();

        public void Steps(int count)
        {
            for (int step = 0; step < count; step++)
            {
                using TensorScope scope = TensorScope.Begin();
                Tensor images = Tensor.RandomNormal([16, 3, 16, 16]).Contiguous(MemoryFormat.ChannelsLast);
                Tensor doubled = AutogradFunction.Apply([images], () => [images * 2], static (grads, _) => [grads[0]! * 2])[0];
                Tensor loss = Functional.CrossEntropy(network.Forward(doubled), _labels);
                loss.Backward();
                optimizer.ClipGradients(1);
                optimizer.Update(1e-3);
                Assert.True(double.IsFinite(loss.ToDouble()));
            }
        }

        public void Dispose() => _labels.Dispose();
    }
}
