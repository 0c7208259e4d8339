using System.Numerics;
using System.Numerics.Tensors;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using Tensor = MocoSharp.Torch.Tensor;

namespace MocoSharp.Embeddings;

/// <summary>How far an embedding is.</summary>
/// <param name="Done">Pictures done, those of an earlier start included.</param>
/// <param name="Resumed">Pictures that an earlier start had done.</param>
/// <param name="Total">Pictures in all.</param>
public sealed record EmbeddingProgress(int Done, int Resumed, int Total) : RunProgress;

/// <summary>An encoder with all that it needs to see pictures as it was tested with.</summary>
/// <param name="File">Its weights.</param>
/// <param name="Checksum">SHA-256 of its file.</param>
/// <param name="Settings">How pictures are read.</param>
/// <param name="View">What is seen of each.</param>
/// <param name="Compute">Where, and in which element type.</param>
/// <param name="Vote">k and τ of a test by near neighbors.</param>
/// <param name="Open">Makes the network.</param>
internal sealed record EmbeddingModel(
    string File, string Checksum, DataSettings Settings, ViewPipeline View, Compute Compute, ComparisonOptions Vote,
    Func<FeatureSpaces, ComparedNetwork> Open);

/// <summary>Writes the embeddings of a data set into files: batch by batch, and on from where an earlier start was stopped.</summary>
internal sealed class EmbeddingRun(
    EmbeddingModel model, DataSplits data, FeatureSpaces spaces, string file, PartialEmbeddings partial, TimeProvider time,
    IProgress<RunProgress>? progress)
{
    // of a batch in all: what lies in the caches is computed faster, and memory stays small for large pictures
    private const int BatchPixels = 32 * 224 * 224, MostInBatch = 256;
    private static readonly TimeSpan s_betweenStates = TimeSpan.FromSeconds(2);
    private readonly IImageSource _pictures = data.Whole();
    private long _saved, _begun = time.GetTimestamp();

    /// <summary>Rows that an earlier start had done.</summary>
    internal int Resumed { get; private set; }

    /// <summary>How long it has taken from the first picture on; the network was there before.</summary>
    internal TimeSpan Taken => time.GetElapsedTime(_begun);

    /// <summary>Makes all rows and files.</summary>
    /// <param name="outputs">The files.</param>
    /// <param name="origin">What is told of them.</param>
    /// <param name="cancel">Stops between batches; the rows so far stay.</param>
    /// <returns>The last state.</returns>
    internal EmbeddingState Run(IReadOnlyList<EmbeddingOutput> outputs, EmbeddingOrigin origin, CancellationToken cancel)
    {
        // a kill while files get their names leaves some here and some there
        if (partial.State.IsStaged && outputs.All(static output => File.Exists(output.Staged) || File.Exists(output.Path)))
        {
            Resumed = partial.State.Rows;
        }
        else
        {
            MakeRows(cancel);
            Stage(outputs, origin, cancel);
        }
        EmbeddingState state = partial.State;
        partial.Publish(outputs);
        return state;
    }

    private void MakeRows(CancellationToken cancel)
    {
        if (!partial.IsWhole()) partial.Restart();
        Resumed = partial.State.Rows;
        if (Resumed == _pictures.Count) return;
        FeatureExtractor extractor = Extractor(model);
        using ComparedNetwork network = model.Open(spaces);
        _begun = time.GetTimestamp();
        progress?.Report(new EmbeddingProgress(Resumed, Resumed, _pictures.Count));
        progress.Doing("the first pictures measure which kernels are fastest here");
        ViewLoader loader = extractor.Loader(_pictures, maximumBadShare: 1);
        IReadOnlyList<UnreadablePicture> before = partial.State.Unreadable;
        int row = Resumed;
        _saved = time.GetTimestamp();
        try
        {
            extractor.ForEach(loader, Forward, epoch: 0, firstBatch: row / extractor.BatchSize, (batch, output) =>
            {
                if (row == Resumed) partial.Begin(_pictures.Count, spaces.Widths);
                Append(batch, output.AsSpan<float>(), row);
                row += batch.Count;
                if (time.GetElapsedTime(_saved) >= s_betweenStates) Save();
                progress?.Report(new EmbeddingProgress(row, Resumed, _pictures.Count));
            }, cancel);
        }
        finally
        {
            if (row > Resumed) Save();
            partial.EndRows();
        }

        Tensor Forward(Tensor pictures) => Filled(network.Forward, pictures, extractor.BatchSize);

        void Save()
        {
            partial.Save(row, [.. before, .. loader.BadImages.Where(bad => bad.Index >= Resumed && bad.Index < row)
                .Select(static bad => new UnreadablePicture(bad.Index, bad.Name, bad.Reason))]);
            _saved = time.GetTimestamp();
        }
    }

    /// <summary>What reads pictures as the encoder expects them, in batches that suit their size.</summary>
    internal static FeatureExtractor Extractor(EmbeddingModel model)
    {
        ImageSize size = model.View.Output(model.Settings.ChannelCount);
        return new FeatureExtractor(model.Settings, model.View, model.Compute)
        {
            BatchSize = Math.Clamp(BatchPixels / (size.Height * size.Width), 1, MostInBatch),
        };
    }

    // Convolutions of a new size are measured first, which takes longer than some pictures more: a short last batch is filled with its own
    // to a power of two.
    internal static Tensor Filled(Func<Tensor, Tensor> forward, Tensor pictures, int most)
    {
        int count = (int)pictures.Size(0), room = (int)Math.Min(most, BitOperations.RoundUpToPowerOf2((uint)count));
        return count == room ? forward(pictures)
            : forward(Tensor.Cat([pictures, pictures.Narrow(0, 0, room - count)])).Narrow(0, 0, count);
    }

    private void Append(ViewBatch batch, ReadOnlySpan<float> values, int first)
    {
        int width = values.Length / batch.Count;
        float[] absent = new float[width];
        absent.AsSpan().Fill(float.NaN);
        for (int i = 0; i < batch.Count; i++)
        {
            bool isThere = batch.Indices[i] == first + i;       // else the next readable picture stands in for it
            ReadOnlySpan<float> all = isThere ? values.Slice(i * width, width) : absent;
            if (isThere && !TensorPrimitives.IsFiniteAll(all))
                throw new MocoException(ErrorIds.FeatureShape, "the encoder gives numbers that are infinite or not a number",
                    at: _pictures.Name(first + i),
                    fix: "look at the training: an encoder gives such values when its loss has diverged; or compute in fp32");
            int at = 0;
            for (int layer = 0; layer < spaces.Widths.Count; layer++)
            {
                partial.Append(layer, all.Slice(at, spaces.Widths[layer]));
                at += spaces.Widths[layer];
            }
        }
    }

    private void Stage(IReadOnlyList<EmbeddingOutput> outputs, EmbeddingOrigin origin, CancellationToken cancel)
    {
        progress.Doing("writing the file");
        EmbeddingState state = partial.State;
        BinaryRows[] rows = [.. spaces.Names.Select(layer => NpyFile.Open(PartialEmbeddings.RowsOf(file, layer)))];
        try
        {
            EmbeddedTable table = new(_pictures, [.. spaces.Names.Zip(rows, static (name, own) => (name, (IEmbeddingRows)own))],
                state.Unreadable.Select(static one => one.Row).ToHashSet(), origin);
            foreach (EmbeddingOutput output in outputs) output.Write?.Invoke(output.Staged, table, cancel);
            LayerScores? scores = rows.Length < 2 ? null
                : LayerScores.Of(table, _pictures, data.Test is null ? null : data.Train.Count, model.Vote, cancel);
            partial.Save(state with { Scores = scores, IsStaged = true });
        }
        finally
        {
            foreach (BinaryRows one in rows) one.Dispose();
        }
    }
}
