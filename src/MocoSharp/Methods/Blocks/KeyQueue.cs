using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Blocks;

/// <summary>The newest K keys, in fp32; a ring. Everything in it is a saved buffer: resuming changes nothing.</summary>
/// <remarks>He et al. 2020, arXiv:1911.05722. It starts as random unit vectors. K need not be a multiple of the batch: a push that reaches
/// the end goes on at the start, and no key is dropped.</remarks>
public sealed class KeyQueue : Module
{
    /// <summary>Why a loss against it may rise in the first epochs.</summary>
    internal const string RisingLoss =
        "The loss rises while real keys replace the random ones in the queue. That is normal in the first epochs.";

    private readonly Tensor _keys, _position, _pushed;

    /// <summary>Makes one of random unit vectors.</summary>
    /// <param name="length">K, 1 or more.</param>
    /// <param name="features">D.</param>
    public KeyQueue(int length, int features)
    {
        Length = length;
        _keys = Buffer("keys", TensorScope.Keep(() => Functional.Normalize(Tensor.RandomNormal([length, features]))));
        _position = Buffer("position", Tensor.Zeros([], DType.Int64));
        _pushed = Buffer("pushed", Tensor.Zeros([], DType.Int64));
    }

    /// <summary>A push must not overwrite keys of its own batch.</summary>
    /// <param name="length">The setting queueLength.</param>
    /// <param name="batchSize">Keys a push.</param>
    /// <exception cref="OptionException">The queue is shorter.</exception>
    internal static void LongEnough(int length, int batchSize)
    {
        if (length < batchSize)
            throw new OptionException("queueLength", length,
                $"smaller than the batch ({batchSize}), so one push would overwrite keys of its own batch",
                fix: $"set it to {batchSize} or more (--set method.queueLength={batchSize}), or lower training.batchSize; few pictures? "
                + "let both follow their number: --set training.batchSize=0 --set method.queueLength=0");
    }

    /// <summary>What people should know before training with so many pictures.</summary>
    /// <param name="length">K.</param>
    /// <param name="pictures">Pictures to learn from.</param>
    /// <param name="keysEach">Keys that a picture gives an epoch.</param>
    internal static IEnumerable<string> Warnings(int length, int pictures, int keysEach = 1)
    {
        if (length > (long)pictures * keysEach / 2)
            yield return $"the queue holds {length} keys and there are {pictures} pictures: a picture would meet its own older "
                + $"keys as negatives; a queue of {Math.Max(1, pictures / 4)} or less suits so few, and a batch that is no larger";
    }

    /// <summary>K.</summary>
    public int Length { get; }

    /// <summary>[K, D], rows of unit length.</summary>
    public Tensor Keys => _keys;

    /// <summary>The share of rows that came from pictures, 0 to 1; the rest is still random.</summary>
    public double Fill => Math.Min(1.0, (double)_pushed.ToInt64() / Length);

    /// <summary>The oldest N keys leave, these enter.</summary>
    /// <param name="keys">[N, D], rows of unit length, over ranks this one's of all that enter. Of more than K rows the last K
    /// stay.</param>
    public void Push(Tensor keys)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        keys = Peers.Gather(keys);
        long count = keys.Size(0), position = _position.ToInt64();
        if (count > Length)
        {
            keys = keys.Narrow(0, count - Length, Length);
            position = (position + count - Length) % Length;
        }
        long rows = keys.Size(0), untilEnd = Math.Min(rows, Length - position);
        _keys.Narrow(0, position, untilEnd).CopyFrom(keys.Narrow(0, 0, untilEnd));
        if (rows > untilEnd) _keys.Narrow(0, 0, rows - untilEnd).CopyFrom(keys.Narrow(0, untilEnd, rows - untilEnd));
        _position.FillInPlace((position + rows) % Length);
        _pushed.AddInPlace(count);
    }
}
