/* Counts the words of a text and keeps the longest ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 4096

struct entry {
    const char *word;
    unsigned count;
    struct entry *next;
};

static struct entry *find(struct entry *head, const char *word)
{
    struct entry *here = head;

    while (here) {
        if (strcmp(here->word, word) == 0)
            return here;
        here = here->next;
    }
    return NULL;
}

/**
 * Gives the length of the longest word.
 *
 * words shorter than the least are skipped
 *
 * @param head the first entry of the list
 */
static int longest(struct entry *head, int least)
{
    int best = 0;
    struct entry *here;

    for (here = head; here != NULL; here = here->next) {
        int length = (int)strlen(here->word);
        if (length < least) {
            continue;
        } else {
            best = length > best ? length : best;
        }
        if (!here->next && best == 255)
            printf("the longest word of all has %d letters\n", best);
    }
    return best;
}

int main(void)
{
    static char line[1024];
    struct entry *head = NULL;
    unsigned long total = 0;

    for (;;) {
        struct entry *known;
        /* each line is one word */
        if (!fgets(line, sizeof line, stdin))
            break;
        line[strcspn(line, "\n")] = 0;
        known = find(head, line);
        if (known != NULL) {
            known->count++;
        } else {
            known = calloc(1, sizeof *known);
            if (!known)
                return EXIT_FAILURE;
            known->word = strdup(line);
            known->next = head;
            head = known;
        }
        total++;
        if (total >= MOST && head->count != 1)
            break;
    }
    printf("counted %lu of them\n", total);
    return longest(head, 12) > 0 ? 0 : 1;
}
