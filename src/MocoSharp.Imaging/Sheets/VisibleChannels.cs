using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Sheets;

/// <summary>What people see of pictures with other channels than colors: those that are called red, green and blue, otherwise the first
/// three; of two the mean.</summary>
internal static class VisibleChannels
{
    private static readonly string[] s_colors = ["red", "green", "blue"];

    /// <summary>A picture of 1 or 3 channels.</summary>
    internal static Image Of(Image image, BandSelection? bands)
    {
        if (image.Channels is 1 or 3) return image;
        int[] places = [0, 1, 2];
        if (bands is not null && s_colors.All(bands.Used.Contains))
            places = [.. s_colors.Select(color => bands.Used.ToList().IndexOf(color))];
        Image seen = new(image.Width, image.Height, image.Channels == 2 ? 1 : 3);
        for (int from = 0, to = 0; to < seen.Samples.Length; from += image.Channels, to += seen.Channels)
            if (image.Channels == 2)
                seen.Samples[to] = (byte)((image.Samples[from] + image.Samples[from + 1] + 1) / 2);
            else
                for (int channel = 0; channel < 3; channel++) seen.Samples[to + channel] = image.Samples[from + places[channel]];
        return seen;
    }
}
