using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods;
using MocoSharp.Torch;
using MocoSharp.Training;

namespace MocoSharp.Benchmarks;

/// <summary>Real pictures for a timed step.</summary>
/// <param name="Source">Where they come from; stays the caller's.</param>
/// <param name="Views">How the two views of each are made, at the step's size.</param>
/// <param name="Colour">As RGB or as grey.</param>
public sealed record StepBenchmarkData(IImageSource Source, ViewRecipe Views, Colour Colour = Colour.Rgb);

/// <summary>What a timed step learns from: the same noise again and again, or pictures as a training's loader delivers them.</summary>
internal abstract class StepPictures : IDisposable
{
    internal static StepPictures Of(StepBenchmarkOptions options, DType type) =>
        options.Data is { } data ? new Loaded(data, options.Batch, type) : new Synthetic(options, type);

    /// <summary>The next step's batch; it is gone when the one after it is asked for.</summary>
    internal abstract Batch Next(long step);

    /// <summary>The pictures in memory as fp32, [B, C, H, W] each, for another program to do the same steps; null where every step has its own.</summary>
    internal abstract (Tensor Query, Tensor Key)? Fixed { get; }

    public virtual void Dispose() { }

    private sealed class Synthetic : StepPictures
    {
        private readonly Tensor _query, _key;
        private readonly StepBenchmarkOptions _options;
        private readonly DType _type;

        internal Synthetic(StepBenchmarkOptions options, DType type)
        {
            (_options, _type) = (options, type);
            _query = Tensor.RandomNormal([options.Batch, 3, options.Image, options.Image]).Contiguous(MemoryFormat.ChannelsLast);
            _key = _query.Flip(3).Contiguous(MemoryFormat.ChannelsLast);
        }

        internal override (Tensor Query, Tensor Key)? Fixed => (_query, _key);

        internal override Batch Next(long step) => new([_query.To(_type), _key.To(_type)], new int[_options.Batch], new int[_options.Batch], seed: 0, step);
    }

    private sealed class Loaded : StepPictures
    {
        private readonly IEnumerator<ViewBatch> _batches;
        private readonly BatchReader _reader;
        private ViewBatch? _current;

        internal Loaded(StepBenchmarkData data, int batch, DType type)
        {
            ViewLoader loader = new(data.Source, data.Views, new LoaderOptions { BatchSize = batch, Colour = data.Colour });
            (_batches, _reader) = (loader.Epochs(0).GetEnumerator(), new BatchReader(type, Device.Cpu, seed: 0));
        }

        internal override (Tensor Query, Tensor Key)? Fixed => null;

        internal override Batch Next(long step)
        {
            _current?.Dispose();
            _batches.MoveNext();            // without an end
            _current = _batches.Current;
            return _reader.Read(_current, step);
        }

        public override void Dispose()
        {
            base.Dispose();
            _current?.Dispose();
            _batches.Dispose();
        }
    }
}
