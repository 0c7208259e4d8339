using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;

namespace MocoSharp.Tests.Methods.Blocks;

/// <summary>Views of several sizes through one encoder, and the loss between them.</summary>
public sealed class MultiCropTests : TensorTest
{
    [Fact]
    public void Features_come_view_by_view_and_each_is_the_encoders_own()
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        encoder.Train(false);           // without batch statistics, views that go together are as they are alone
        using GradMode off = GradMode.Off();
        Tensor[] views = [Pictures(0, 8), Pictures(1, 8), Pictures(2, 4), Pictures(3, 8)];
        Tensor all = MultiCrop.Features(encoder, Batch(views));
        Tolerance.Close(Tensor.Cat([.. views.Select(encoder.Forward)]), all, relative: 1e-4);
        Tolerance.Close(all.Narrow(0, 0, 9), MultiCrop.Features(encoder, Batch(views), views: 3), relative: 1e-6);
    }

    [Fact]
    public void Batch_norm_sees_views_of_one_size_together()
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        Tensor[] views = [Pictures(0, 8), Pictures(1, 8), Pictures(2, 4)];
        Tensor together = encoder.Forward(Tensor.Cat([views[0], views[1]]).Contiguous(MemoryFormat.ChannelsLast));
        Tensor all = MultiCrop.Features(encoder, Batch(views));
        Tolerance.Close(together, all.Narrow(0, 0, 6), relative: 1e-5);
        Tolerance.Close(encoder.Forward(views[2]), all.Narrow(0, 6, 3), relative: 1e-5);
    }

    [Theory, InlineData(2, 2), InlineData(2, 5), InlineData(1, 3)]
    public void Loss_is_the_mean_over_pairs_of_a_target_and_another_view(int globals, int views)
    {
        const int samples = 3, kinds = 5;
        Tensor targets = Fill.Inputs("targets", globals * samples, kinds).Softmax(1),
            logits = Fill.Inputs("logits", views * samples, kinds);
        double expected = 0;
        for (int target = 0; target < globals; target++)
            for (int view = 0; view < views; view++)
                if (view != target)
                    expected -= (targets.Narrow(0, target * samples, samples) * logits.Narrow(0, view * samples, samples).LogSoftmax(1))
                        .Sum().ToDouble() / samples;
        Assert.Equal(expected / (globals * (views - 1)), CrossViewEntropy.Loss(targets, logits, views).ToDouble(), tolerance: 1e-5);
    }

    // DINO's and SwAV's start: 8.0064 for 3,000 prototypes, 11.0904 for 65,536 outputs
    [Theory, InlineData(3000, 8.0064), InlineData(65_536, 11.0904)]
    public void Loss_is_the_log_of_the_kinds_when_all_are_alike(int kinds, double expected) => Assert.Equal(expected,
        CrossViewEntropy.Loss(Tensor.Full([4, kinds], 1.0 / kinds), Tensor.Zeros([6, kinds]), views: 3).ToDouble(), tolerance: 1e-3);

    private static Tensor Pictures(int view, int side) =>
        Fill.Inputs($"view{view}", 3, 3, side, side).Contiguous(MemoryFormat.ChannelsLast);

    private static Batch Batch(Tensor[] views) => new(views, [0, 1, 2], [-1, -1, -1], seed: 1, step: 0);
}
