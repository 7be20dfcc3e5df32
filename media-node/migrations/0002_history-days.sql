CREATE TABLE "history_account_days" (
	"stream" numeric(39, 0) NOT NULL,
	"day" date NOT NULL,
	"account" "bytea" NOT NULL,
	"ticks" bigint NOT NULL,
	"settlements" integer NOT NULL,
	"tips" integer NOT NULL,
	"settled" numeric(40, 0) NOT NULL,
	"operator" numeric(40, 0) NOT NULL,
	"tipped" numeric(40, 0) NOT NULL,
	CONSTRAINT "history_account_days_stream_day_account_pk" PRIMARY KEY("stream","day","account")
);
--> statement-breakpoint
CREATE TABLE "history_stream_days" (
	"stream" numeric(39, 0) NOT NULL,
	"day" date NOT NULL,
	"ticks" bigint NOT NULL,
	"settlements" integer NOT NULL,
	"tips" integer NOT NULL,
	CONSTRAINT "history_stream_days_stream_day_pk" PRIMARY KEY("stream","day")
);
--> statement-breakpoint
CREATE INDEX "history_account_days_account" ON "history_account_days" USING btree ("account","day");--> statement-breakpoint
-- What was read before there were sums is read again, so that they have it too.
DELETE FROM "history_blocks";--> statement-breakpoint
DELETE FROM "history_cursor";