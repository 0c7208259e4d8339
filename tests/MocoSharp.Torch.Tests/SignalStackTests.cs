using System.Runtime.CompilerServices;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests;

public sealed class SignalStackTests : TensorTest
{
    // .NET turns a bad access into an exception on the thread's signal stack. On processors with tiles its own is too small for their
    // state: without native/signal_stack.cpp this test ends the whole program.
    [Fact]
    public void A_bad_access_after_tiles_were_used_is_still_an_exception()
    {
        using Conv2d convolution = new(64, 64, 3);
        Tensor map = Tensor.RandomNormal([8, 64, 16, 16]).Contiguous(MemoryFormat.ChannelsLast).To(DType.BFloat16);
        for (int i = 0; i < 3; i++) convolution.Forward(map);           // the first call measures, a later one takes the faster kernel
        Assert.Throws<NullReferenceException>(static () => LengthOf(null!));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(string text) => text.Length;
}
