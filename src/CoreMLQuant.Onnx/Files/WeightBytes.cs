using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace CoreMLQuant.Onnx.Files;

/// <summary>The bytes of a weight as the graph takes them: from the model's own file, or decoded.</summary>
/// <param name="TensorName">The initializer.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Copy">Gives the bytes in pieces, in order.</param>
internal sealed record WeightBytes(string TensorName, long Length, Action<Action<byte[], int>, CancellationToken> Copy)
{
    private const int PieceLength = 1 << 18;

    /// <summary>The weights of a translation that are not in its graph.</summary>
    public static IEnumerable<WeightBytes> Of(OnnxTranslation translation) => translation.StoredWeights
        .Select(weight => new WeightBytes(weight.TensorName, weight.Length, (take, token) => CopyStored(Path.Combine(translation.WeightFolder, weight.Path), weight, take, token)))
        .Concat(translation.DecodedWeights.Select(weight => new WeightBytes(weight.TensorName, weight.ByteCount, (take, token) => CopyDecoded(weight, take, token))));

    /// <summary>All bytes.</summary>
    public byte[] Read(CancellationToken cancellationToken)
    {
        byte[] all = new byte[Length];
        long at = 0;
        Copy(
            (piece, count) =>
            {
                Array.Copy(piece, 0, all, at, count);
                at += count;
            },
            cancellationToken);
        return all;
    }

    private static void CopyStored(string path, StoredOnnxWeight weight, Action<byte[], int> take, CancellationToken cancellationToken)
    {
        using FileStream stream = File.OpenRead(path);
        stream.Position = weight.Offset;
        byte[] piece = new byte[(int)Math.Min(PieceLength, Math.Max(1, weight.Length))];
        for (long left = weight.Length; left > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = stream.Read(piece, 0, (int)Math.Min(piece.Length, left));
            if (count == 0)
            {
                throw new EndOfStreamException($"'{path}' ends within the weight '{weight.TensorName}'.");
            }

            take(piece, count);
            left -= count;
        }
    }

    private static void CopyDecoded(DecodedOnnxWeight weight, Action<byte[], int> take, CancellationToken cancellationToken)
    {
        byte[] piece = new byte[(int)Math.Min(PieceLength, weight.ByteCount)];
        long pieceElements = piece.Length * 8L / Math.Max(1, weight.BitWidth);
        for (long at = 0; at < weight.Count; at += pieceElements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)(((Math.Min(pieceElements, weight.Count - at) * weight.BitWidth) + 7) / 8);
            weight.Read(at, piece.AsSpan(0, count));
            take(piece, count);
        }
    }
}
