"""What the Vietnamese side is trained for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

# Temperatures of the contrastive losses over sentences and over late interaction, and the weight
# of each loss.
_SENTENCE_TEMPERATURE, _TOKEN_TEMPERATURE = 0.05, 0.02
_DISTANCE, _SENTENCE_CONTRAST, _TOKENS, _INTERACTION = 2.0, 0.15, 1.0, 0.3


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples with their lessons; B texts, n Vietnamese and m English tokens at most.

    Attributes:
        ids: Vietnamese token ids with [CLS] and [SEP], int64 `[B, n + 2]`.
        mask: True where there is a token, bool `[B, n + 2]`.
        links: Alignment probability of tokens, float32 `[B, n, m]`.
        english: Teacher's token vectors, unit length or zero, float32 `[B, m, 128]`.
        vietnamese_weight: Inverse document frequency of each token, 0 for none, `[B, n]`.
        english_weight: The same, `[B, m]`.
        sentences: Teacher's sentence vectors, float32 `[B, 384]`.
    """

    ids: Tensor
    mask: Tensor
    links: Tensor
    english: Tensor
    vietnamese_weight: Tensor
    english_weight: Tensor
    sentences: Tensor


@dataclass(frozen=True, slots=True)
class Loss:
    """The sum to minimise, and what it is made of, for the log.

    Attributes:
        total: Scalar with gradient.
        cosine: Mean cosine to the teacher's sentence vector.
        token_cosine: Mean cosine to the aligned teacher's token vectors.
        interaction: Cross-entropy of late interaction, nats.
    """

    total: Tensor
    cosine: float
    token_cosine: float
    interaction: float


def loss_of(batch: Batch, sentences: Tensor, tokens: Tensor, questioners: int) -> Loss:
    """Compare a student's vectors with the lessons.

    The sentence vectors are pulled to the teacher's (Reimers and Gurevych, 2020) and told from
    those of the other samples. Each Vietnamese token is pulled to the teacher's tokens that it is
    aligned with, by their probability. Late interaction (ColBERT: Khattab and Zaharia, 2020), a
    few tokens standing for a question, must find the sample's own other side, both ways.

    Args:
        batch: The samples.
        sentences: Student's sentence vectors, unit length, float32 `[B, 384]`.
        tokens: Student's projected token vectors, unit length, float32 `[B, n, 128]`.
        questioners: Tokens of each text that stand for a question.
    """
    own = torch.arange(len(sentences))
    cosine = (sentences * batch.sentences).sum(1)
    scores = sentences @ batch.sentences.T / _SENTENCE_TEMPERATURE
    contrast = F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)

    target = F.normalize(torch.bmm(batch.links, batch.english), dim=-1)
    weight = batch.vietnamese_weight * batch.links.amax(2)
    apart = ((1 - (tokens * target).sum(-1)) * weight).sum() / weight.sum().clamp(min=1e-6)

    forward = _late(
        tokens, batch.vietnamese_weight, batch.english, batch.english_weight, questioners
    )
    back = _late(batch.english, batch.english_weight, tokens, batch.vietnamese_weight, questioners)
    interaction = (F.cross_entropy(forward, own) + F.cross_entropy(back, own)) / 2
    total = (
        _DISTANCE * (1 - cosine).mean()
        + _SENTENCE_CONTRAST * contrast
        + _TOKENS * apart
        + _INTERACTION * interaction
    )
    return Loss(
        total, float(cosine.mean().detach()), float(1 - apart.detach()), float(interaction.detach())
    )


def _late(
    asking: Tensor, asking_weight: Tensor, asked: Tensor, asked_weight: Tensor, questioners: int
) -> Tensor:
    """Late-interaction scores of all texts against all, `[B, B]`, over the temperature.

    Of each asking text some tokens are drawn by weight (Gumbel top-k).
    """
    noise = -torch.log(-torch.log(torch.rand_like(asking_weight) + 1e-9) + 1e-9)
    drawn = (
        (torch.log(asking_weight + 1e-9) + noise)
        .topk(min(questioners, asking_weight.shape[1]), 1)
        .indices
    )
    tokens = asking.gather(1, drawn[..., None].expand(-1, -1, asking.shape[2]))
    weight = asking_weight.gather(1, drawn)
    texts, length, width = asked.shape
    met = tokens.reshape(-1, width).bfloat16() @ asked.reshape(-1, width).bfloat16().T
    met = met.view(-1, texts, length).masked_fill(asked_weight[None] == 0, -1.0)
    best = met.amax(2).float().view(len(asking), -1, texts)
    scores = (best * weight[..., None]).sum(1) / weight.sum(1, keepdim=True).clamp(min=1e-6)
    return scores / _TOKEN_TEMPERATURE
