using MocoSharp.Encoders;

namespace MocoSharp.Exchange.Tests.Onnx;

/// <summary>What an encoder may do that no graph can say.</summary>
internal enum Oddity
{
    UnknownOperator,
    ReadsThePicture,
    FollowsTheBatch,
    ReadsTheBatch,
    ChangesInPlace,
}

/// <summary>An encoder of one stage that does such a thing.</summary>
internal sealed class OddEncoder : Encoder
{
    internal OddEncoder(Oddity oddity) : base(new EncoderOptions("odd")) => AddStage("odd", 3, 1, x => oddity switch
    {
        Oddity.UnknownOperator => x.Exp(),
        Oddity.ReadsThePicture => x + Tensor.From([x.ToArray<float>()[0]]).View(1, 1, 1, 1),
        Oddity.FollowsTheBatch => x.Narrow(0, 0, x.Size(0) - 1),
        Oddity.ReadsTheBatch => x * x.Mean([0, 1, 2, 3]).ToDouble(),
        _ => Functional.Relu(x).MulInPlace(2),
    });
}
