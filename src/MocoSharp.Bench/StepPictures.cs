using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Bench;

/// <summary>Real pictures for a timed step.</summary>
/// <param name="Source">Where they come from; stays the caller's.</param>
/// <param name="Views">How the two views of each are made, at the step's size.</param>
/// <param name="Color">As RGB or as gray.</param>
public sealed record StepBenchmarkData(IImageSource Source, ViewRecipe Views, Color Color = Color.Rgb);

/// <summary>What a timed step learns from: the same noise again and again (another part of it in each step of a recording), or pictures as
/// a training's loader delivers them.</summary>
internal abstract class StepPictures : IDisposable
{
    internal static StepPictures Of(StepBenchmarkOptions options, DType type) =>
        options.Data is { } data ? new Loaded(data, options.Batch, type) : new Synthetic(options, type);

    /// <summary>The next step's batch; it is gone when the one after it is asked for.</summary>
    internal abstract Batch Next(long step);

    /// <summary>The noise that synthetic pictures are made of, fp32, [B, 3, S, S], for another program to do the same steps; null for
    /// loaded ones.</summary>
    internal abstract Tensor? Noise { get; }

    public virtual void Dispose() { }

    private sealed class Synthetic : StepPictures
    {
        // prime to any number of pixels, so that no two steps of a check begin at the same place
        private const long Shift = 7919;

        private readonly Tensor _noise;
        private readonly StepBenchmarkOptions _options;
        private readonly DType _type;
        private readonly (Tensor Query, Tensor Key) _same;

        internal Synthetic(StepBenchmarkOptions options, DType type)
        {
            (_options, _type) = (options, type);
            _noise = Tensor.RandomNormal([options.Batch, 3, options.Image, options.Image]);
            _same = Views(_noise);
        }

        internal override Tensor Noise => _noise;

        internal override Batch Next(long step)
        {
            (Tensor query, Tensor key) = _options.Record is null ? _same : Views(Turned(step));
            return new([query.To(_type), key.To(_type)], new int[_options.Batch], new int[_options.Batch], seed: 0, step);
        }

        /// <summary>The noise as one row of numbers, turned by a step's share: other pictures, which another program makes in one
        /// line.</summary>
        private Tensor Turned(long step)
        {
            long first = step * Shift % _noise.ElementCount;
            if (first == 0) return _noise;
            Tensor row = _noise.Flatten(0);
            return Tensor.Cat([row.Narrow(0, first, row.ElementCount - first), row.Narrow(0, 0, first)], dim: 0).View(_noise.Shape);
        }

        private static (Tensor Query, Tensor Key) Views(Tensor pictures) =>
            (pictures.Contiguous(MemoryFormat.ChannelsLast), pictures.Flip(3).Contiguous(MemoryFormat.ChannelsLast));
    }

    private sealed class Loaded : StepPictures
    {
        private readonly IEnumerator<ViewBatch> _batches;
        private readonly BatchReader _reader;
        private ViewBatch? _current;

        internal Loaded(StepBenchmarkData data, int batch, DType type)
        {
            ViewLoader loader = new(data.Source, data.Views, new LoaderOptions { BatchSize = batch, Reading = new(data.Color) });
            (_batches, _reader) = (loader.Epochs(0).GetEnumerator(), new BatchReader(new Compute(Device.Cpu, type), seed: 0));
        }

        internal override Tensor? Noise => null;

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
